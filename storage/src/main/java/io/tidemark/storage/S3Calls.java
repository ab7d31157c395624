package io.tidemark.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What object storage has to do and Iceberg's FileIO does not, in S3. Source: Amazon S3 API reference, PutObject and ListObjectsV2. */
final class S3Calls {
    private static final int PRECONDITION_FAILED = 412;

    private S3Calls() {}

    /** A PUT with {@code If-None-Match: *}. */
    static void createNew(S3Client client, String location, byte[] content) throws IOException {
        try {
            client.putObject(
                    put -> put.bucket(bucket(location)).key(key(location)).ifNoneMatch("*"),
                    RequestBody.fromBytes(content));
        } catch (S3Exception e) {
            if (e.statusCode() == PRECONDITION_FAILED) {
                FileAlreadyExistsException exists = new FileAlreadyExistsException(location);
                exists.initCause(e);
                throw exists;
            }
            throw e;
        }
    }

    /** Names of the folders right under a location that ends with a slash. */
    static List<String> folders(S3Client client, String location) {
        String prefix = key(location);
        List<String> names = new ArrayList<>();
        client
                .listObjectsV2Paginator(
                        list -> list.bucket(bucket(location)).prefix(prefix).delimiter("/"))
                .commonPrefixes()
                .stream()
                .map(CommonPrefix::prefix)
                .forEach(found -> names.add(found.substring(prefix.length(), found.length() - 1)));
        return names;
    }

    private static String bucket(String location) {
        int begin = location.indexOf("://") + 3;
        return location.substring(begin, location.indexOf('/', begin));
    }

    private static String key(String location) {
        return location.substring(location.indexOf('/', location.indexOf("://") + 3) + 1);
    }
}
