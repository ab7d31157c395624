package io.tidemark.spark.upsert;

import io.tidemark.lake.upsert.apply.Part;
import io.tidemark.spi.error.TidemarkException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What became of a bucket: its part, or an error that trying again does not change.
 *
 * @param part null when there is an error
 */
record Settled(@Nullable Part part, @Nullable TidemarkException error) implements Serializable {}
