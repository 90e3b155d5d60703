/** What happens when the code passes a named point. */
export type Fault = (point: string) => void | Promise<void>;

let fault: Fault | undefined;

/**
 * A point at which a test may kill the process or make it fail, such as `events.before-commit`.
 * Without a fault, which only tests install, nothing happens here.
 */
export const faultPoint = (name: string): void | Promise<void> => fault?.(name);

/** For tests alone: nothing under `src/` calls it, and no variable of the environment leads here. */
export function installFault(given: Fault | undefined): void {
  fault = given;
}
