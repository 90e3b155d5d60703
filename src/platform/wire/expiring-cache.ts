const MOST_ENTRIES = 1_000;

/** Values that are good until some time; the one set longest ago makes room when there are too many. */
export class ExpiringCache<Value> {
  private readonly entries = new Map<string, { value: Value; expires: number }>();

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.expires > Date.now()) return entry?.value;
    this.entries.delete(key);
    return undefined;
  }

  /** @param expires milliseconds since 1970 */
  set(key: string, value: Value, expires: number): void {
    this.entries.delete(key);
    this.entries.set(key, { value, expires });
    const [oldest] = this.entries.keys();
    if (this.entries.size > MOST_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
  }
}
