import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assertEngine, createEngine } from '@supastor/adapters/targets/docker/engine';
import { buildImage, type BuiltImage, IMAGE_TARGETS, type ImageTarget } from '@supastor/adapters/targets/docker/images/build-image';
import { SupastorError } from '@supastor/contract/errors';
import { VERSION } from '@supastor/contract/version';
import type { CliContext } from '../../context.ts';
import { formatTable } from '../../output/table.ts';
import { findCheckout } from '../stack/installation.ts';

export interface BuildFlags {
  readonly tag?: string;
  readonly repository: string;
  readonly base?: string;
  readonly fresh?: boolean;
  readonly verbose?: boolean;
}

const TAG = /^\w[\w.-]{0,127}$/;
const REPOSITORY = /^[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*$/;
const STEP = /^Step \d+\/\d+ : /;
const MEGABYTE = 1_000_000;

/** Builds images one after the other; the layers that they have in common are built once. */
export async function runBuildImages(context: CliContext, names: readonly string[], flags: BuildFlags): Promise<void> {
  const { env, output, signal } = context;
  const targets = names.length === 0 ? IMAGE_TARGETS : names.map(parseTarget);
  const { tag = VERSION, repository, base, fresh = false, verbose = false } = flags;
  if (!TAG.test(tag)) throw invalid(`"${tag}" is no tag of an image`, 'letters, digits and . _ -');
  if (!REPOSITORY.test(repository))
    throw invalid(`"${repository}" cannot stand before the name of an image`, 'as in registry.example.org/team');
  const root = findCheckout();
  if (!existsSync(join(root, 'deploy', 'images', 'Dockerfile'))) {
    throw new SupastorError('SJ_NOT_FOUND', 'This installation has no sources to build images from', {
      hint: 'run it in a checkout of supastorj',
    });
  }
  const docker = createEngine(env['DOCKER_HOST']);
  await assertEngine(docker, env['DOCKER_HOST']);
  const built: BuiltImage[] = [];
  for (const [index, target] of targets.entries()) {
    const name = `${repository}/${target}:${tag}`;
    output.progress(`${index + 1}/${targets.length}  ${name}`);
    const onLine = (line: string) => {
      if (verbose || STEP.test(line)) output.progress(`    ${line}`);
    };
    // A base that changes under a build would give images of two kinds; and the layers of one are those of the next.
    // oxlint-disable-next-line no-await-in-loop
    built.push(await buildImage(docker, { root, target, name, base, fresh: fresh && index === 0, onLine, signal }));
  }
  output.result({ images: built }, ({ images }, style) =>
    formatTable([
      ['IMAGE', 'SIZE', 'DIGEST'].map((title) => style.dim(title)),
      ...images.map(({ name, bytes, digest }) => [name, `${Math.round(bytes / MEGABYTE)} MB`, digest]),
    ]),
  );
}

function parseTarget(name: string): ImageTarget {
  const target = IMAGE_TARGETS.find((candidate) => candidate === name);
  if (target === undefined) throw invalid(`There is no image "${name}"`, IMAGE_TARGETS.join(', '));
  return target;
}

function invalid(message: string, wanted: string): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', message, { hint: `Use ${wanted}.` });
}
