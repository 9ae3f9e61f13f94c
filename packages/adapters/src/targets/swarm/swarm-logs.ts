import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { LogLevel, LogRecord } from '@supastor/contract/wire/log-record';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { LogQuery } from '@supastor/core/stack/stack-control.port';
import { demultiplex, type Output } from '../docker/demultiplex.ts';
import type { StackId } from '../docker/labels.ts';
import { mergeStreams } from '../docker/merge-streams.ts';
import { matchesLevel } from '../embedded/logs/log-reader.ts';
import { parseLogLine } from '../embedded/logs/parse-line.ts';
import { listServices } from './services.ts';
import { listTasks } from './tasks.ts';

interface Source {
  readonly service: ServiceName;
  readonly id: string;
  /** Numbers of the replicas, by the ids of their tasks. */
  readonly slots: ReadonlyMap<string, number>;
}

/** Records of the stack's services from every node that answers: those of the past in the order of their times, then new ones. */
export async function* readSwarmLogs(docker: Docker, id: StackId, query: LogQuery, signal?: AbortSignal): AsyncGenerator<LogRecord> {
  const services = (await listServices(docker, id)).filter(({ name }) => query.services.length === 0 || query.services.includes(name));
  const tasks = await listTasks(
    docker,
    services.map(({ info }) => info.ID),
  );
  const sources = services.map(({ name, info }): Source => ({
    service: name,
    id: info.ID,
    slots: new Map(tasks.filter(({ ServiceID }) => ServiceID === info.ID).map(({ ID, Slot }) => [ID, Slot])),
  }));
  // Where the past ends the new ones begin, so that none is lost or comes twice.
  const now = new Date();
  const past = (await Promise.all(sources.map((source) => readPast(docker, source, query, now)))).flat();
  const ordered = past
    .toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)))
    .filter((record) => matchesLevel(record, query.level));
  if (query.tail > 0) yield* ordered.slice(-query.tail);
  if (!query.follow) return;
  const streams = sources.map((source) => follow(docker, source, now, signal));
  for await (const record of mergeStreams(streams, signal)) if (matchesLevel(record, query.level)) yield record;
}

const WHAT = { stdout: true, stderr: true, timestamps: true, details: true } as const;

async function readPast(docker: Docker, source: Source, { since, tail }: LogQuery, now: Date): Promise<readonly LogRecord[]> {
  if (tail === 0) return [];
  const from = since === undefined ? {} : { since: Math.floor(Date.parse(since) / 1000) };
  // Levels are only known once lines are read, so a level needs more of them than it shows.
  const output: unknown = await docker.getService(source.id).logs({ ...WHAT, tail: tail * 5, ...from });
  const records: LogRecord[] = [];
  const until = now.toISOString();
  for await (const record of parseOutput(Buffer.isBuffer(output) ? [output] : [], source))
    if (record.time < until && (since === undefined || record.time >= since)) records.push(record);
  return records;
}

async function* follow(docker: Docker, source: Source, since: Date, signal?: AbortSignal): AsyncGenerator<LogRecord> {
  const stream: unknown = await docker.getService(source.id).logs({
    ...WHAT,
    follow: true,
    since: since.getTime() / 1000,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  if (stream instanceof Readable) yield* parseOutput(stream, source);
}

const TASK = /com\.docker\.swarm\.task\.id=([^,\s]+)/;

/** The last lines of one task, as they were written. */
export async function readTaskLines(docker: Docker, serviceId: string, taskId: string): Promise<readonly string[]> {
  const output: unknown = await docker.getService(serviceId).logs({ ...WHAT, tail: 50 });
  const lines: string[] = [];
  if (!Buffer.isBuffer(output)) return lines;
  for await (const { text } of demultiplex([output]))
    for (const line of text.split('\n')) if (TASK.exec(line)?.[1] === taskId) lines.push(line.split(' ').slice(2).join(' '));
  return lines;
}

/** Lines of many tasks in one stream: a time, what the task is, the line. */
async function* parseOutput(output: Output, { service, slots }: Source): AsyncGenerator<LogRecord> {
  const rests = { stdout: '', stderr: '' };
  let previousLevel: LogLevel = 'info';
  for await (const { stream, text } of demultiplex(output)) {
    const lines = (rests[stream] + text).split('\n');
    rests[stream] = lines.pop() ?? '';
    for (const line of lines) {
      const [stamp = '', details = ''] = line.split(' ', 2);
      const time = new Date(stamp);
      const task = TASK.exec(details)?.[1];
      // A node that does not answer is told of in the stream.
      if (Number.isNaN(time.getTime()) || task === undefined) continue;
      const record = parseLogLine(line.slice(stamp.length + details.length + 2), { service, now: time.toISOString(), previousLevel });
      previousLevel = record.level;
      yield { ...record, replica: slots.get(task) ?? 0 };
    }
  }
}
