import type { RegisterCommand } from '../../context.ts';
import type { BuildFlags } from './build-images.ts';

/** `supastor images build` */
export const registerImages: RegisterCommand = (program, bind) => {
  const images = program.command('images').description('container images of the servers');
  images
    .command('build')
    .description('build the images of this version on the engine, from the sources of this installation')
    .argument('[image...]', 'storage-api, admin-api, meta; all of them when none is named')
    .option('--tag <tag>', 'tag of the images; the version when absent')
    .option('--repository <name>', 'what stands before the name of an image', 'supastor')
    .option('--base <image>', 'image with Node.js to build upon, instead of node:24-bookworm-slim')
    .option('--fresh', 'build every layer again')
    .option('--verbose', 'print all that the engine says')
    .action(
      bind(async (context, names: readonly string[], flags: BuildFlags) => {
        const { runBuildImages } = await import('./build-images.ts');
        await runBuildImages(context, names, flags);
      }),
    );
};
