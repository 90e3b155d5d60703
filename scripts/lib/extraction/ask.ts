import { cancel, confirm, isCancel } from '@clack/prompts';
import { CliError } from '../cli.js';
import type { Ask } from './walk.js';

/** Asks the person at the terminal. */
export const askAtTerminal: Ask = async (question) => {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new CliError(`Nobody can be asked: ${question}`, 'Say --yes.', 2);
  }
  const answer = await confirm({ message: question });
  if (!isCancel(answer)) return answer;
  cancel('Nothing more was done. The same command goes on from here.');
  process.exit(1);
};
