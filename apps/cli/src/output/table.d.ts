/** Columns aligned to their widest cell, two blanks between; colours do not count. The last column is not padded. */
export declare function formatTable(rows: readonly (readonly string[])[]): string;
