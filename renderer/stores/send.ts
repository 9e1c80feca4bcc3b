/** What is being written on the Send screen; kept while another screen is shown. */
import { createStore } from 'zustand/vanilla';
import type { ChosenFile, SentMessage } from '../../shared/ipc/contract';

export type SendTab = 'message' | 'generator' | 'file';

export interface MessageDraft {
  readonly partition: number | null;
  readonly hasKey: boolean;
  readonly key: string;
  readonly hasValue: boolean;
  readonly value: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export interface GeneratorDraft {
  /** '' while the field is empty */
  readonly count: number | '';
  readonly ratePerSecond: number | '';
  readonly vehicles: number | '';
  readonly seed: number | '';
}

export interface Sent extends SentMessage {
  readonly at: number;
  readonly key: string | null;
}

export interface SendState {
  readonly tab: SendTab;
  /** null: the one that Live shows */
  readonly topic: string | null;
  readonly message: MessageDraft;
  readonly generator: GeneratorDraft;
  readonly file: (Pick<ChosenFile, 'path' | 'name'> & { readonly bytes: number | null }) | null;
  /** newest first */
  readonly sent: readonly Sent[];
}

const MAX_SENT = 50;

export const sendStore = createStore<SendState>(() => ({
  tab: 'message',
  topic: null,
  message: { partition: null, hasKey: true, key: '', hasValue: true, value: '', headers: [] },
  generator: { count: 10_000, ratePerSecond: '', vehicles: 24, seed: randomSeed() },
  file: null,
  sent: [],
}));

export function editMessage(change: Partial<MessageDraft>): void {
  sendStore.setState(({ message }) => ({ message: { ...message, ...change } }));
}

export function editGenerator(change: Partial<GeneratorDraft>): void {
  sendStore.setState(({ generator }) => ({ generator: { ...generator, ...change } }));
}

export function messageSent(sent: Sent): void {
  sendStore.setState((state) => ({ sent: [sent, ...state.sent].slice(0, MAX_SENT) }));
}

/** A uint32 of the browser's own randomness. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}
