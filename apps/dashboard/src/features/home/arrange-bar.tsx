import AddIcon from '@mui/icons-material/AddOutlined';
import ArrangeIcon from '@mui/icons-material/DashboardCustomizeOutlined';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { addWidget, DEFAULT_LAYOUT, missingKinds, type WidgetKind } from './layout.ts';
import type { Arranging } from './use-arranging.ts';

/** Buttons that begin arranging the page, and those that end it. */
export function ArrangeBar({ arranging }: { readonly arranging: Arranging }) {
  const t = useMessages().home;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  if (!arranging.active) {
    return (
      <Button variant="outlined" color="inherit" startIcon={<ArrangeIcon />} onClick={arranging.begin}>
        {t.arrange}
      </Button>
    );
  }
  const missing = missingKinds(arranging.layout);
  const add = (kind: WidgetKind) => {
    arranging.change((layout) => addWidget(layout, kind));
    setAnchor(null);
  };
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        startIcon={<AddIcon />}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {t.add}
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {missing.map((kind) => (
          <MenuItem key={kind} onClick={() => add(kind)}>
            {t.widgets[kind]}
          </MenuItem>
        ))}
        {missing.length === 0 && <MenuItem disabled>{t.allShown}</MenuItem>}
      </Menu>
      <Button variant="outlined" color="inherit" onClick={() => arranging.change(() => DEFAULT_LAYOUT)}>
        {t.reset}
      </Button>
      <Button variant="outlined" color="inherit" onClick={arranging.cancel}>
        {t.cancel}
      </Button>
      <Button variant="contained" loading={arranging.isSaving} onClick={arranging.save}>
        {t.done}
      </Button>
    </>
  );
}
