/** One finding of a linter, in the form that `--json` prints. */
export interface Finding {
  /** Relative to the root. */
  readonly file: string;
  readonly line?: number;
  readonly rule: string;
  /** What is so, what to ask oneself, and the page that helps. */
  readonly message: string;
}

/** The finding for the terminal, on two lines. */
export const printed = ({ file, line, rule, message }: Finding): string =>
  `${file}${line === undefined ? '' : `:${line}`}  ${rule}\n  ${message}\n`;
