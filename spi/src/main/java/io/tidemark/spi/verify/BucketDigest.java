package io.tidemark.spi.verify;

import java.math.BigInteger;

/**
 * Order-independent digest of the rows of a bucket.
 *
 * @param bucket number of the bucket
 * @param rows how many rows
 * @param high exact sum of the upper halves of the row hashes
 * @param low exact sum of the lower halves of the row hashes
 */
public record BucketDigest(int bucket, long rows, BigInteger high, BigInteger low) {}
