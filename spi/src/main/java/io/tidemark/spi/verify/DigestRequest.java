package io.tidemark.spi.verify;

import java.util.Optional;

/**
 * What to digest.
 *
 * @param buckets how many buckets, a power of two from 1 to 65,536
 * @param from least value of the first key column, inclusive, as the user wrote it; empty for no bound
 * @param to greatest value of the first key column, exclusive; empty for no bound
 */
public record DigestRequest(int buckets, Optional<String> from, Optional<String> to) {
    public DigestRequest {
        if (Integer.bitCount(buckets) != 1 || buckets > 65_536) {
            throw new IllegalArgumentException(
                    "Cannot use buckets: must be a power of two up to 65536 (buckets=" + buckets + ")");
        }
    }

    public static DigestRequest whole(int buckets) {
        return new DigestRequest(buckets, Optional.empty(), Optional.empty());
    }
}
