"""What hands, eyes and ears meet on the box: buttons, lamp, siren, and the cells behind them."""
