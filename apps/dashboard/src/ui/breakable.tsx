import { Fragment } from 'react';

/** A path or a name that, where it does not fit, goes on in the next line after a slash or an underscore rather than within a word. */
export function Breakable({ text }: { readonly text: string }) {
  return text.split(/(?<=[/_])/).map((part, index) => (
    // Parts have no name but their place, and never move.
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
