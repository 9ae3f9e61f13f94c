import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import type { LaunchCommand } from '../process-handle.ts';

/** How one kind of service is run as a process. */
export interface Launcher {
  /** Makes everything ready and says what to start. @throws a catalogue error when starting would be pointless */
  prepare(spec: PlacedSpec): Promise<LaunchCommand>;
  /** Resolves when the service is healthy now; rejects with the reason otherwise. */
  check(spec: PlacedSpec): Promise<void>;
  /** Runs once after each start, when `check` succeeded for the first time and before others may depend on the service. */
  onReady?(spec: PlacedSpec): Promise<void>;
}
