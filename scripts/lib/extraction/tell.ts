import { printJson } from '../cli.js';

/** Takes a result, and the text that says it. */
export type Tell = (value: unknown, text: string) => void;

/** Results go to standard output, as JSON or as text. */
export const teller =
  (json: boolean): Tell =>
  (value, text) =>
    json ? printJson(value) : void process.stdout.write(text);
