import type { KeeperOrder } from './keeper-order.js';
import { type Lease, takeLease } from './lease.js';

/** A lease that is taken anew when its keeper was killed, since the server ends with its keeper. */
export class HeldLease {
  #renewal: Promise<void> | undefined;
  #released = false;

  private constructor(
    private readonly order: KeeperOrder,
    private lease: Lease,
  ) {
    this.#hold(lease);
  }

  /** @throws {ServerFailure} */
  static async take(order: KeeperOrder): Promise<HeldLease> {
    return new HeldLease(order, await takeLease(order));
  }

  /** The server's port: the same after a renewal unless another program took it in between. */
  get port(): number {
    return this.lease.port;
  }

  async release(): Promise<void> {
    this.#released = true;
    await this.#renewal;
    const { socket } = this.lease;
    if (socket.destroyed) return;
    await new Promise((resolve) => socket.ref().once('close', resolve).end());
  }

  #hold(lease: Lease): void {
    this.lease = lease;
    // A script that forgot to release ends nevertheless, and the kernel gives the lease back.
    lease.socket.unref();
    lease.socket.once('close', () => {
      if (!this.#released && !lease.dismissed()) this.#renewal = this.#renew();
    });
  }

  /** Nobody waits for a renewal: should it fail, the next query says that the server is gone. */
  async #renew(): Promise<void> {
    const lease = await takeLease(this.order).catch(() => undefined);
    if (lease) this.#hold(lease);
  }
}
