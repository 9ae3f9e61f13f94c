import type Docker from 'dockerode';
import type { LogLevel, LogRecord } from '@supastor/contract/wire/log-record';
import type { LogQuery } from '@supastor/core/stack/stack-control.port';
import { matchesLevel } from '../embedded/logs/log-reader.ts';
import { parseLogLine } from '../embedded/logs/parse-line.ts';
import { demultiplex, type Output } from './demultiplex.ts';
import { LABELS, ownFilter, serviceLabel, type StackId } from './labels.ts';
import { mergeStreams } from './merge-streams.ts';

/** Records of the stack's containers: those of the past in the order of their times, then new ones as they come. */
export async function* readLogs(docker: Docker, id: StackId, query: LogQuery, signal?: AbortSignal): AsyncGenerator<LogRecord> {
  const containers = await docker.listContainers({ all: true, filters: ownFilter(id, 'replica') });
  const wanted = containers.filter(({ Labels }) => {
    const service = serviceLabel(Labels);
    return service !== null && (query.services.length === 0 || query.services.includes(service));
  });
  // Where the past ends the new ones begin, so that none is lost or comes twice.
  const now = new Date();
  const past = (await Promise.all(wanted.map((container) => readPast(docker, container, query, now)))).flat();
  const ordered = past
    .toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)))
    .filter((record) => matchesLevel(record, query.level));
  if (query.tail > 0) yield* ordered.slice(-query.tail);
  if (!query.follow) return;
  const streams = wanted.map((container) => follow(docker, container, now, signal));
  for await (const record of mergeStreams(streams, signal)) if (matchesLevel(record, query.level)) yield record;
}

async function readPast(docker: Docker, info: Docker.ContainerInfo, { since, tail }: LogQuery, now: Date): Promise<readonly LogRecord[]> {
  if (tail === 0) return [];
  const from = since === undefined ? {} : { since: Math.floor(Date.parse(since) / 1000) };
  // Levels are only known once lines are read, so a level needs more of them than it shows.
  const range = { tail: tail * 5, until: now.getTime() / 1000, ...from };
  const output = await docker.getContainer(info.Id).logs({ stdout: true, stderr: true, timestamps: true, ...range });
  const records: LogRecord[] = [];
  for await (const record of parseOutput([output], info)) if (since === undefined || record.time >= since) records.push(record);
  return records;
}

async function* follow(docker: Docker, info: Docker.ContainerInfo, since: Date, signal?: AbortSignal): AsyncGenerator<LogRecord> {
  const stream = await docker.getContainer(info.Id).logs({
    stdout: true,
    stderr: true,
    timestamps: true,
    follow: true,
    since: since.getTime() / 1000,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  yield* parseOutput(stream, info);
}

async function* parseOutput(source: Output, { Labels }: Docker.ContainerInfo): AsyncGenerator<LogRecord> {
  const service = serviceLabel(Labels) ?? 'postgres';
  const replica = Number(Labels[LABELS.replica] ?? 0);
  const rests = { stdout: '', stderr: '' };
  let previousLevel: LogLevel = 'info';
  for await (const { stream, text } of demultiplex(source)) {
    const lines = (rests[stream] + text).split('\n');
    rests[stream] = lines.pop() ?? '';
    for (const line of lines) {
      const space = line.indexOf(' ');
      const stamp = new Date(line.slice(0, space));
      const now = Number.isNaN(stamp.getTime()) ? new Date(0).toISOString() : stamp.toISOString();
      const record = parseLogLine(line.slice(space + 1), { service, now, previousLevel });
      previousLevel = record.level;
      yield { ...record, replica };
    }
  }
}
