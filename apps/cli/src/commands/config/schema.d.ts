import type { CliContext } from '../../context.ts';
/** Prints the JSON Schema of supastor.config.yaml; the same document in text format. */
export declare function printSchema({ output }: CliContext): void;
