import { memo, type MouseEvent } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { FileIconFor } from './file-icon.tsx';
import './object-row.css';
import type { Row } from './rows.ts';
import type { SelectionAction } from './selection.ts';

/** What a line asks for; the same functions for all lines, for as long as the list is there. */
export interface RowHandlers {
  readonly onSelect: (action: SelectionAction) => void;
  readonly onOpen: (row: Row) => void;
  readonly onMenu: (row: Row, anchor: HTMLElement) => void;
}

interface ObjectRowProps {
  readonly row: Row;
  readonly index: number;
  readonly narrow: boolean;
  readonly topPx: number;
  readonly heightPx: number;
  readonly selected: boolean;
  /** The one row that Tab reaches. */
  readonly tabbable: boolean;
  readonly handlers: RowHandlers;
}

/** One folder or object. A click opens it; with Ctrl or Shift it selects. Drawn anew only when something of its own changes. */
export const ObjectRow = memo(function ObjectRow(props: ObjectRowProps) {
  const t = useMessages().objects;
  const { row, index, narrow, topPx, heightPx, selected, tabbable, handlers } = props;
  const { onSelect, onOpen, onMenu } = handlers;
  const onClick = (event: MouseEvent) => {
    // The second click of a double click would hit whatever row the first one brought under the pointer.
    if (event.detail > 1 || isBesideControl(event.target)) return;
    if (event.shiftKey) onSelect({ type: 'ranged', to: row.key });
    else if (event.ctrlKey || event.metaKey) onSelect({ type: 'toggled', key: row.key });
    else {
      onSelect({ type: 'moved', to: row.key, extend: false });
      onOpen(row);
    }
  };
  const tabIndex = tabbable ? 0 : -1;
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are those of the whole list, see use-row-keys.ts
    <div
      className="object-row"
      role="row"
      aria-label={row.kind === 'folder' ? t.folderNamed(row.name) : row.name}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      tabIndex={tabIndex}
      onClick={onClick}
      onFocus={() => onSelect({ type: 'focused', key: row.key })}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(row, event.currentTarget);
      }}
      style={{ height: heightPx, transform: `translateY(${topPx}px)` }}
    >
      <div role="gridcell" className="object-aside">
        <input
          type="checkbox"
          className="object-check"
          checked={selected}
          onChange={() => onSelect({ type: 'toggled', key: row.key })}
          aria-label={t.select(row.name)}
          tabIndex={tabIndex}
        />
      </div>
      <div role="gridcell" className="object-name">
        <FileIconFor row={row} />
        <div>
          <p className={row.kind === 'folder' ? 'object-title folder' : 'object-title'} title={row.name}>
            {row.name}
          </p>
          {narrow && row.kind === 'object' && (
            <p className="object-fact num">
              {formatBytes(row.object.sizeBytes)} · <RelativeTime at={row.object.updatedAt} />
            </p>
          )}
        </div>
      </div>
      {!narrow && <WideCells row={row} />}
      <div role="gridcell" className="object-aside">
        <button
          type="button"
          className="object-menu"
          tabIndex={tabIndex}
          aria-haspopup="menu"
          aria-label={t.actionsFor(row.name)}
          onClick={(event) => onMenu(row, event.currentTarget)}
        >
          <svg viewBox="0 0 24 24" aria-hidden>
            <circle cx="12" cy="6" r="2" />
            <circle cx="12" cy="12" r="2" />
            <circle cx="12" cy="18" r="2" />
          </svg>
        </button>
      </div>
    </div>
  );
});

/** A click on a control inside a line, or hardly beside it, is not one on the line. */
function isBesideControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('.object-aside') !== null;
}

function WideCells({ row }: { readonly row: Row }) {
  const t = useMessages().objects;
  const object = row.kind === 'object' ? row.object : null;
  return (
    <>
      <div role="gridcell" className="object-size num">
        {object ? formatBytes(object.sizeBytes) : ''}
      </div>
      <div role="gridcell" className="object-type">
        {object ? (object.mimeType ?? t.unknownType) : t.folderType}
      </div>
      <div role="gridcell" className="object-time">
        {object ? <RelativeTime at={object.updatedAt} /> : ''}
      </div>
    </>
  );
}
