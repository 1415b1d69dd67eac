//! A simulated exchange that fills a trader's orders against recorded market data.
