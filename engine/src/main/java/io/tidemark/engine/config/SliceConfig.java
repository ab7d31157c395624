package io.tidemark.engine.config;

import io.tidemark.spi.slice.SliceFormat;
import java.time.Duration;

/**
 * How time slices are cut and kept.
 *
 * @param interval a slice is sealed at the next multiple of this, 1 s to 1 h; default 10 s
 * @param by the time by which it is cut; default arrival
 * @param bytesMax a slice is sealed early when it holds this many bytes; default 256 MiB
 * @param keep how long applied slices are kept; default 7 d
 * @param format of the files of slices to come; default Parquet
 */
public record SliceConfig(Duration interval, SliceTime by, long bytesMax, Duration keep, SliceFormat format) {}
