/** Of the button that leads to the settings, and takes the focus back. */
export const SETTINGS_BUTTON_ID = 'bucket-settings-button';
