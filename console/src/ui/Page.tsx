import type { ReactNode } from 'react';
import classes from './Page.module.css';
import { WindowControls } from './WindowControls';

/** A view's frame: title, what belongs beside it, the time range, then the view. */
export function Page({
  title,
  beside,
  timeless = false,
  fill = false,
  children,
}: {
  title: string;
  beside?: ReactNode;
  /** True where no time range applies. */
  timeless?: boolean;
  /** True where the view scrolls inside itself. */
  fill?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={fill ? classes.fill : classes.page}>
      <title>{`${title} · AOM`}</title>
      <header className={classes.header}>
        <div className={classes.titles}>
          <h1 className={classes.title}>{title}</h1>
          {beside}
        </div>
        {timeless ? null : <WindowControls />}
      </header>
      <div className={classes.content}>{children}</div>
    </div>
  );
}

/** A framed part of a view. */
export function Panel({
  title,
  beside,
  flush = false,
  className,
  testId,
  children,
}: {
  title?: ReactNode;
  beside?: ReactNode;
  /** True where the content brings its own padding (tables). */
  flush?: boolean;
  className?: string | undefined;
  testId?: string;
  children: ReactNode;
}) {
  return (
    <section className={`${classes.panel} ${className ?? ''}`} data-testid={testId}>
      {title === undefined ? null : (
        <div className={classes.panelHead}>
          <h2 className={classes.panelTitle}>{title}</h2>
          {beside}
        </div>
      )}
      <div className={flush ? classes.flush : classes.panelBody}>{children}</div>
    </section>
  );
}
