package io.tidemark.dist;

import io.tidemark.server.DynamoDbServer;
import io.tidemark.testkit.server.BuiltJars;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.StreamViewType;

/** DynamoDB Local with tables that have a stream and the text key {@code id}, and the configuration of a pipeline that mirrors them. */
final class DynamoDbTables implements AutoCloseable {
    private final DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb());
    private final DynamoDbClient client = DynamoDbClient.builder()
            .endpointOverride(server.endpoint())
            .region(Region.of(server.region()))
            .credentialsProvider(StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
            .build();

    DynamoDbServer server() {
        return server;
    }

    DynamoDbClient client() {
        return client;
    }

    void create(String name) {
        client.createTable(table -> table.tableName(name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .attributeDefinitions(List.of(AttributeDefinition.builder()
                        .attributeName("id")
                        .attributeType(ScalarAttributeType.S)
                        .build()))
                .keySchema(List.of(KeySchemaElement.builder()
                        .attributeName("id")
                        .keyType(KeyType.HASH)
                        .build()))
                .streamSpecification(
                        stream -> stream.streamEnabled(true).streamViewType(StreamViewType.NEW_AND_OLD_IMAGES)));
    }

    /** @param sourceSettings lines of the source's settings besides those that say where it is */
    String configuration(String... sourceSettings) {
        StringBuilder text = new StringBuilder("""
                pipeline: shop
                lake:
                  location: ./lake
                slices:
                  interval: 1s
                source:
                  type: dynamodb
                  endpoint: %s
                  region: %s
                  access-key: %s
                  secret-key: ${env:SECRET}
                """.formatted(server.endpoint(), server.region(), server.accessKey()));
        for (String setting : sourceSettings) {
            text.append("  ").append(setting).append('\n');
        }
        return text.toString();
    }

    /** What the configuration refers to. */
    Map<String, String> environment() {
        return Map.of("SECRET", server.secretKey());
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
