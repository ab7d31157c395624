package io.tidemark.source.dynamodb.export;

/**
 * An export that is there to be read.
 *
 * @param exportArn its ARN
 * @param bucket where it is
 * @param location its folder in the bucket, as {@link Export#open} takes it
 */
public record FinishedExport(String exportArn, String bucket, String location) {}
