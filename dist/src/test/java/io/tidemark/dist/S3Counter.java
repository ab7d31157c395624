package io.tidemark.dist;

import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.aws.s3.S3FileIOAwsClientFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients of S3 that count what they send, by operation. Iceberg makes it by name. */
public final class S3Counter implements S3FileIOAwsClientFactory {
    private static final long serialVersionUID = 1L;
    private static final Map<String, Integer> SENT = new TreeMap<>();

    private Map<String, String> properties = Map.of();

    /** What was sent since the last call. */
    static Map<String, Integer> take() {
        synchronized (SENT) {
            Map<String, Integer> sent = new TreeMap<>(SENT);
            SENT.clear();
            return sent;
        }
    }

    @Override
    public void initialize(Map<String, String> given) {
        properties = Map.copyOf(given);
    }

    @Override
    public S3Client s3() {
        AwsBasicCredentials credentials =
                AwsBasicCredentials.create(properties.get("s3.access-key-id"), properties.get("s3.secret-access-key"));
        return S3Client.builder()
                .endpointOverride(URI.create(properties.get("s3.endpoint")))
                .region(Region.of(properties.get("client.region")))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .forcePathStyle(true)
                .overrideConfiguration(configuration -> configuration.addExecutionInterceptor(new Counting()))
                .build();
    }

    @Override
    public S3AsyncClient s3Async() {
        throw new UnsupportedOperationException("calls wait for their answer");
    }

    private static final class Counting implements ExecutionInterceptor {
        @Override
        public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
            String operation = context.request().getClass().getSimpleName().replaceFirst("Request$", "");
            synchronized (SENT) {
                SENT.merge(operation, 1, Integer::sum);
            }
        }
    }
}
