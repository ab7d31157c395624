package io.tidemark.source.dynamodb;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in S3.
 *
 * @param bucket its bucket
 * @param prefix what its keys begin with, without a slash at the end; may be empty
 */
record ExportDestination(String bucket, String prefix) {
    private static final Pattern S3 = Pattern.compile("s3://([^/]+)(?:/(.*?))?/*");

    /** @throws IllegalArgumentException when it is no {@code s3://bucket/prefix} */
    static ExportDestination parse(String text) {
        Matcher parts = S3.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("must be s3://bucket or s3://bucket/prefix");
        }
        return new ExportDestination(parts.group(1), parts.group(2) == null ? "" : parts.group(2));
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + prefix;
    }
}
