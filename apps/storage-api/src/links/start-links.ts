import { PeriodicTask } from '../periodic-task.ts';
import { LinkLedger, type LinkLedgerOptions } from './link-ledger.ts';

const FLUSH_PERIOD_MS = 250;

/** The ledger of this server, which writes from time to time what links were made and used. */
export function startLinks(options: LinkLedgerOptions) {
  const ledger = new LinkLedger(options);
  const task = new PeriodicTask(FLUSH_PERIOD_MS, () => ledger.flush());
  task.start();
  return {
    ledger,
    /** Writes what still waits. */
    async stop(): Promise<void> {
      await task.stop();
      await ledger.flush();
    },
  };
}
