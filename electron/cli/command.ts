export interface CommandContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly isJson: boolean;
}

export interface Command {
  readonly name: string;
  /** one line */
  readonly summary: string;
  readonly help: string;
  /** @returns the exit code */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}
