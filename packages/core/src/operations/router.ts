import { SupastorError } from '@supastor/contract/errors';
import type { OperationName } from '@supastor/contract/operations/all';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import { redact } from '@supastor/contract/operations/sensitive';
import type { Authorise } from '../access/authorise.ts';
import { requireIdentity } from '../access/identity.ts';
import { resourceOf } from '../audit/resource.ts';
import type { AuditOutcome, AuditSink } from '../audit/audit-sink.port.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Caller, OperationContext } from './context.ts';
import type { Implementation } from './implement.ts';
import type { Clock, IdSource, OperationLogger } from './ports.ts';
import { runWithin } from './run-within.ts';

/** One implementation per operation of the registry: a missing one does not compile. */
export type Handlers<Deps> = { readonly [N in OperationName]: Implementation<N, Deps> };

export interface OperationRouterOptions<Deps> {
  readonly handlers: Handlers<Deps>;
  readonly deps: Deps;
  readonly authorise: Authorise;
  readonly audit: AuditSink;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: OperationLogger;
  /** Told about every finished run. */
  readonly measure?: (run: { readonly operation: string; readonly outcome: AuditOutcome['outcome']; readonly durationMs: number }) => void;
}

export interface OperationRouter {
  /**
   * Identity, validation, permission, audit intent, the handler under a signal and a time-out, audit outcome, events, measure.
   * @throws SJ_UNAUTHENTICATED, SJ_INPUT_INVALID, SJ_FORBIDDEN, SJ_TIMEOUT, SJ_INTERRUPTED and what the handler throws.
   */
  run(name: OperationName, rawInput: unknown, caller: Caller): Promise<unknown>;
}

export function createOperationRouter<Deps>(options: OperationRouterOptions<Deps>): OperationRouter {
  const { authorise, clock } = options;
  return {
    async run(name, rawInput, caller) {
      const implementation = options.handlers[name];
      const { definition } = implementation;
      const identity = definition.permission === null ? caller.identity : requireIdentity(caller.identity);
      const prepared = implementation.prepare(rawInput);
      const record = await openRecord(options, definition, { rawInput, caller });
      const side = createSideEffects(options, caller);
      const startedMs = clock.now();
      let allowed = definition.permission === null;
      try {
        if (definition.permission !== null) authorise(requireIdentity(identity), definition.permission, prepared.targets);
        allowed = true;
        const { emit, afterAnswer, recordChange } = side;
        const answer = await runWithin(definition.timeoutMs, caller.signal, (signal) =>
          prepared.run({ deps: options.deps, identity, caller, signal, emit, afterAnswer, recordChange }),
        );
        await record.close('done', null, { durationMs: clock.now() - startedMs, change: side.change() });
        return answer;
      } catch (error) {
        const code = error instanceof SupastorError ? error.code : 'SJ_INTERNAL';
        const outcome = !allowed || code === 'SJ_FORBIDDEN' ? 'denied' : 'failed';
        await record.close(outcome, code, { durationMs: clock.now() - startedMs, change: side.change() });
        throw error;
      } finally {
        side.release();
      }
    },
  };
}

interface Asked {
  readonly rawInput: unknown;
  readonly caller: Caller;
}

interface OpenRecord {
  close(outcome: AuditOutcome['outcome'], code: AuditOutcome['code'], details: Pick<AuditOutcome, 'durationMs' | 'change'>): Promise<void>;
}

/** Writes the intent of an audited operation and returns what writes its outcome and measures it. */
async function openRecord<Deps>(
  { audit, clock, ids, logger, measure }: OperationRouterOptions<Deps>,
  definition: OperationDefinition,
  { rawInput, caller }: Asked,
): Promise<OpenRecord> {
  const operation = definition.name;
  const auditId = ids.next();
  const { requestId, ip, userAgent, identity } = caller;
  const at = () => new Date(clock.now()).toISOString();
  if (definition.audit !== false) {
    const parameters = redact(definition.input, rawInput);
    const resource = resourceOf(definition, parameters);
    const who = identity && { email: identity.email, sessionId: identity.sessionId, apiKeyId: identity.apiKeyId ?? null };
    await audit.intent(
      { auditId, at: at(), operation, effect: definition.effect, identity: who, resource, parameters, requestId, ip, userAgent },
      { deferrable: definition.audit === 'deferrable' },
    );
  }
  return {
    async close(outcome, code, { durationMs, change }) {
      if (definition.audit !== false) await audit.outcome({ auditId, at: at(), operation, outcome, code, durationMs, change });
      measure?.({ operation, outcome, durationMs });
      logger.debug({ operation, outcome, code, durationMs, requestId }, 'operation finished');
    },
  };
}

type SideEffects = Pick<OperationContext<unknown>, 'emit' | 'afterAnswer' | 'recordChange'> & {
  change(): AuditOutcome['change'];
  release(): void;
};

/** Holds events and late tasks back until the outcome is on record. */
function createSideEffects<Deps>({ events, logger }: OperationRouterOptions<Deps>, caller: Caller): SideEffects {
  const deliveries: (() => void)[] = [];
  const tasks: (() => Promise<void>)[] = [];
  let released = false;
  let change: AuditOutcome['change'] = {};
  return {
    recordChange: (part) => void (change = { ...change, ...part }),
    change: () => change,
    emit(name, payload) {
      if (released) events.emit(name, payload);
      else deliveries.push(() => events.emit(name, payload));
    },
    afterAnswer: (task) => void tasks.push(task),
    release() {
      released = true;
      for (const deliver of deliveries) deliver();
      for (const task of tasks) {
        const run = () => void task().catch((error: unknown) => logger.error({ err: error }, 'task after the answer failed'));
        if (caller.afterAnswer) caller.afterAnswer(run);
        else run();
      }
    },
  };
}
