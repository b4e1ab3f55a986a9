/** How many `--series-N` tokens there are. */
export const SERIES_COLORS = 10;
