package io.tidemark.source.dynamodb.export;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Exports in a bucket of S3. */
public final class S3ExportStore implements ExportStore {
    private static final int FORBIDDEN = 403;

    private final S3Client client;
    private final String bucket;

    private S3ExportStore(S3Client client, String bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    /**
     * How S3 is reached.
     *
     * @param region region of the bucket; by default the one of the environment or the AWS profile
     * @param endpoint URL of another service that speaks S3, or of a private endpoint; by default the region's own
     * @param pathStyle whether the bucket is in the URL's path, not in its host
     * @param credentials what calls are signed with
     */
    public record Access(
            @Nullable String region, @Nullable URI endpoint, boolean pathStyle, AwsCredentialsProvider credentials) {}

    public static S3ExportStore connect(String bucket, Access access) {
        S3ClientBuilder builder = S3Client.builder()
                .credentialsProvider(access.credentials())
                .httpClientBuilder(ApacheHttpClient.builder())
                .forcePathStyle(access.pathStyle());
        if (access.region() != null) {
            builder.region(Region.of(access.region()));
        }
        if (access.endpoint() != null) {
            builder.endpointOverride(access.endpoint());
        }
        return new S3ExportStore(builder.build(), bucket);
    }

    @Override
    public InputStream open(String path) throws IOException {
        try {
            return new ObjectStream(client.getObject(get -> get.bucket(bucket).key(path)));
        } catch (NoSuchKeyException e) {
            NoSuchFileException missing = new NoSuchFileException(name(path));
            missing.initCause(e);
            throw missing;
        } catch (SdkException e) {
            throw failed(path, e);
        }
    }

    private TidemarkException failed(String path, SdkException e) {
        String attempt = "Cannot open export file " + name(path) + ": " + e.getMessage();
        if (e instanceof NoSuchBucketException) {
            return new TidemarkException(ErrorCode.CONFIG_INVALID, attempt, "Correct the name of the bucket.", e);
        }
        if (e instanceof S3Exception answer) {
            return answer.statusCode() == FORBIDDEN
                    ? new TidemarkException(
                            ErrorCode.SOURCE_PERMISSION,
                            attempt,
                            "Grant s3:GetObject on the export's objects, and s3:ListBucket on the bucket, without which S3 says the same of"
                                    + " an object that is missing; for an encrypted export also kms:Decrypt.",
                            e)
                    : new TidemarkException(ErrorCode.SOURCE_QUERY, attempt, "See the message of S3.", e);
        }
        return new TidemarkException(
                ErrorCode.SOURCE_UNREACHABLE,
                attempt,
                "Check credentials, region, endpoint and network of this process.",
                e);
    }

    @Override
    public String name(String path) {
        return "s3://" + bucket + "/" + path;
    }

    @Override
    public void close() {
        client.close();
    }

    /** An object that is closed before its end is given up: the client would read the rest otherwise, to have its connection back. */
    private static final class ObjectStream extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> object;
        private boolean hasEnded;

        ObjectStream(ResponseInputStream<GetObjectResponse> object) {
            super(object);
            this.object = object;
        }

        @Override
        public int read() throws IOException {
            int read = object.read();
            hasEnded |= read < 0;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = object.read(bytes, offset, length);
            hasEnded |= read < 0;
            return read;
        }

        @Override
        public void close() throws IOException {
            if (hasEnded) {
                object.close();
            } else {
                object.abort();
            }
        }
    }
}
