import { renderConfigJsonSchema } from '@supastor/contract/config/json-schema';
import type { CliContext } from '../../context.ts';

/** Prints the JSON Schema of supastor.config.yaml; the same document in text format. */
export function printSchema({ output }: CliContext): void {
  output.result(renderConfigJsonSchema(), (schema) => JSON.stringify(schema, null, 2));
}
