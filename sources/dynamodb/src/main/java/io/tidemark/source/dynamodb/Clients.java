package io.tidemark.source.dynamodb;

import io.tidemark.source.dynamodb.service.ServiceErrors;
import io.tidemark.spi.error.TidemarkException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.StreamDescription;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** Clients of DynamoDB and its streams, made when they are first asked for, and what their errors mean. */
final class Clients implements AutoCloseable {
    /** Calls at the same time: readers of chunks and of shards. */
    private static final int CONNECTIONS = 64;

    private final Optional<String> region;
    private final Optional<URI> endpoint;
    private final AwsCredentialsProvider credentials;
    private @Nullable DynamoDbClient tables;
    private @Nullable DynamoDbStreamsClient streams;

    Clients(Optional<String> region, Optional<URI> endpoint, AwsCredentialsProvider credentials) {
        this.region = region;
        this.endpoint = endpoint;
        this.credentials = credentials;
    }

    String description() {
        return "dynamodb:" + endpoint.map(URI::toString).orElse("")
                + region.map(name -> " in " + name).orElse("");
    }

    synchronized DynamoDbClient tables() {
        DynamoDbClient client = tables;
        if (client == null) {
            client = calling("connect", () -> build(DynamoDbClient.builder()));
            tables = client;
        }
        return client;
    }

    synchronized DynamoDbStreamsClient streams() {
        DynamoDbStreamsClient client = streams;
        if (client == null) {
            client = calling("connect", () -> build(DynamoDbStreamsClient.builder()));
            streams = client;
        }
        return client;
    }

    /** The table as it is now. */
    TableDescription describe(String table) {
        return calling(
                "describe table " + table,
                () -> tables().describeTable(request -> request.tableName(table))
                        .table());
    }

    /** All shards that the stream still has; a call returns at most 100. */
    List<Shard> shards(String stream) {
        List<Shard> shards = new ArrayList<>();
        String from = null;
        do {
            String start = from;
            StreamDescription page = calling(
                    "describe stream " + stream,
                    () -> streams()
                            .describeStream(request -> request.streamArn(stream).exclusiveStartShardId(start))
                            .streamDescription());
            shards.addAll(page.shards());
            from = page.lastEvaluatedShardId();
        } while (from != null);
        return shards;
    }

    private <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C build(B builder) {
        region.map(Region::of).ifPresent(builder::region);
        endpoint.ifPresent(builder::endpointOverride);
        return builder.credentialsProvider(credentials)
                .httpClientBuilder(ApacheHttpClient.builder().maxConnections(CONNECTIONS))
                .build();
    }

    /**
     * Calls the service.
     *
     * @param what {@code <verb> <object>} for the error
     */
    static <T> T calling(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw error(what, e);
        }
    }

    /** What an error of the SDK is for who uses Tidemark. */
    static TidemarkException error(String what, SdkException e) {
        return ServiceErrors.error("Cannot " + what + ": " + e.getMessage(), e);
    }

    @Override
    public synchronized void close() {
        if (tables != null) {
            tables.close();
        }
        if (streams != null) {
            streams.close();
        }
    }
}
