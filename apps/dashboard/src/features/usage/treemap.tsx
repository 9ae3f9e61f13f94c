import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { createLink } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { formatBytes } from '../../format/bytes.ts';
import { squarify, type Tile } from './squarify.ts';
import type { UsageQuestion } from './usage-queries.ts';
import { useMessages } from '../../messages/locale-provider.tsx';

const RouteLink = createLink(Link);

export interface TreemapItem {
  readonly key: string;
  readonly label: string;
  readonly bytes: number;
  /** Where the tile leads; nowhere when missing. */
  readonly to?: UsageQuestion;
}

const HEIGHT_PX = 300;
/** Smaller tiles have no room for words; their names are in the title and in the table. */
const LEAST_LABEL_PX = { width: 64, height: 34 };

/** Shares of the room as areas: a click goes inside. The table below says the same in numbers. */
export function Treemap({ items }: { readonly items: readonly TreemapItem[] }) {
  const t = useMessages().usage;
  const frame = useRef<HTMLUListElement>(null);
  const [widthPx, setWidthPx] = useState(900);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => entry && setWidthPx(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const shown = items.filter(({ bytes }) => bytes > 0);
  const tiles = squarify(
    shown.map(({ bytes }) => bytes),
    Math.max(0.2, widthPx / HEIGHT_PX),
  );
  return (
    <Box
      component="ul"
      ref={frame}
      aria-label={t.shares}
      sx={{ position: 'relative', height: HEIGHT_PX, m: 0, mb: 5, p: 0, listStyle: 'none', borderRadius: 1.5, overflow: 'hidden' }}
    >
      {shown.map((item, index) => {
        const tile = tiles[index];
        return tile && <TreemapTile key={item.key} item={item} tile={tile} rank={index} widthPx={widthPx} />;
      })}
    </Box>
  );
}

interface TreemapTileProps {
  readonly item: TreemapItem;
  readonly tile: Tile;
  /** 0 for the largest. */
  readonly rank: number;
  readonly widthPx: number;
}

function TreemapTile({ item, tile, rank, widthPx }: TreemapTileProps) {
  const { label, bytes, to } = item;
  const hasRoom = (tile.width / 100) * widthPx >= LEAST_LABEL_PX.width && (tile.height / 100) * HEIGHT_PX >= LEAST_LABEL_PX.height;
  // The largest is the strongest; text stays readable on all of them.
  const strength = Math.max(10, 34 - rank * 4);
  const title = `${label}, ${formatBytes(bytes)}`;
  const words = hasRoom && (
    <>
      <Box component="span" sx={{ display: 'block', fontWeight: 550, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
        {label}
      </Box>
      <Box component="span" className="num" sx={{ display: 'block', fontSize: 12 }}>
        {formatBytes(bytes)}
      </Box>
    </>
  );
  const sx = {
    position: 'absolute',
    inset: 1,
    p: 2,
    fontSize: 13,
    lineHeight: 1.3,
    color: 'text.primary',
    borderRadius: 0.75,
    overflow: 'hidden',
    bgcolor: `color-mix(in srgb, var(--mui-palette-primary-main) ${strength}%, var(--mui-palette-background-paper))`,
    '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
  } as const;
  return (
    <Box
      component="li"
      title={title}
      sx={{ position: 'absolute' }}
      style={{ left: `${tile.left}%`, top: `${tile.top}%`, width: `${tile.width}%`, height: `${tile.height}%` }}
    >
      {to === undefined || !hasRoom ? (
        <Box sx={sx} aria-label={title} role="img">
          {words}
        </Box>
      ) : (
        <RouteLink to="/usage" search={to} underline="none" aria-label={title} sx={{ ...sx, '&:hover': { filter: 'brightness(1.06)' } }}>
          {words}
        </RouteLink>
      )}
    </Box>
  );
}
