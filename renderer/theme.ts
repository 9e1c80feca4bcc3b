import {
  ActionIcon,
  Button,
  createTheme,
  defaultVariantColorsResolver,
  Modal,
  NumberInput,
  PasswordInput,
  Select,
  Textarea,
  TextInput,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

const ICE: MantineColorsTuple = [
  '#e0f1fb',
  '#c3e5f8',
  '#93d2f3',
  '#54c4f4',
  '#2fa8de',
  '#168bc5',
  '#0b72ad',
  '#085d8e',
  '#064a71',
  '#04202f',
];

/** Takes the place of Mantine's neutral greys: text, dimmed, borders, raised, panels, page. */
const NIGHT: MantineColorsTuple = [
  '#e8eef5',
  '#b9c5d3',
  '#97a6b8',
  '#76879b',
  '#33445a',
  '#26323f',
  '#18212d',
  '#111924',
  '#0d131c',
  '#080d14',
];

/** Mantine picks black or white on filled surfaces by a shade; our accent differs between the themes, its text too. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const isAccent = input.color === undefined || input.color === 'ice';
  if (input.variant === 'filled' && isAccent) return { ...colors, color: 'var(--pf-accent-on)' };
  if (input.variant === 'subtle' && input.color === 'gray') return { ...colors, color: 'var(--pf-dim)' };
  return colors;
};

const field = { size: 'sm' } as const;

export const theme = createTheme({
  primaryColor: 'ice',
  primaryShade: { light: 6, dark: 3 },
  colors: { ice: ICE, dark: NIGHT },
  variantColorResolver,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  defaultRadius: 7,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '12px', sm: '13.5px', md: '14px', lg: '16px', xl: '20px' },
  headings: { fontWeight: '650' },
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm', fw: 600 } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    TextInput: TextInput.extend({ defaultProps: field }),
    Textarea: Textarea.extend({ defaultProps: field }),
    NumberInput: NumberInput.extend({ defaultProps: field }),
    PasswordInput: PasswordInput.extend({ defaultProps: field }),
    Select: Select.extend({ defaultProps: { ...field, allowDeselect: false, checkIconPosition: 'right' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 350, withArrow: true } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, radius: 12, padding: 'lg', overlayProps: { backgroundOpacity: 0.45 } },
    }),
  },
});

/** Mantine's own colours, taken from our tokens, so that both themes are written in one place. */
const FROM_TOKENS = {
  '--mantine-color-body': 'var(--pf-card)',
  '--mantine-color-text': 'var(--pf-text)',
  '--mantine-color-dimmed': 'var(--pf-dim)',
  '--mantine-color-placeholder': 'var(--pf-dim)',
  '--mantine-color-anchor': 'var(--pf-accent)',
  '--mantine-color-error': 'var(--pf-bad)',
  '--mantine-color-default': 'var(--pf-card)',
  '--mantine-color-default-hover': 'var(--pf-hover)',
  '--mantine-color-default-color': 'var(--pf-text)',
  '--mantine-color-default-border': 'var(--pf-border-strong)',
  '--mantine-color-disabled': 'var(--pf-sunken)',
  '--mantine-color-disabled-color': 'var(--pf-dim)',
  '--mantine-color-disabled-border': 'var(--pf-border)',
  '--mantine-primary-color-filled': 'var(--pf-accent)',
  '--mantine-primary-color-filled-hover': 'var(--pf-accent-hover)',
  '--mantine-primary-color-contrast': 'var(--pf-accent-on)',
  '--mantine-primary-color-light': 'var(--pf-accent-soft)',
  '--mantine-primary-color-light-color': 'var(--pf-accent)',
  '--mantine-color-ice-filled': 'var(--pf-accent)',
  '--mantine-color-ice-filled-hover': 'var(--pf-accent-hover)',
  '--mantine-color-ice-light': 'var(--pf-accent-soft)',
  '--mantine-color-ice-light-color': 'var(--pf-accent)',
  '--mantine-color-ice-outline': 'var(--pf-accent)',
  '--mantine-color-red-filled': '#c22a35',
  '--mantine-color-red-filled-hover': '#a3212b',
  '--mantine-color-red-outline': 'var(--pf-bad)',
  '--mantine-color-red-light': 'var(--pf-bad-soft)',
  '--mantine-color-red-light-color': 'var(--pf-bad)',
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: FROM_TOKENS,
  dark: FROM_TOKENS,
});
