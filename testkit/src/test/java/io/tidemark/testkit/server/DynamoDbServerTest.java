package io.tidemark.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.server.DynamoDbServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DynamoDbServerTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Test
    void givesChangesBackThroughTheStream() throws Exception {
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb())) {
            createTable(server);
            put(server, "first");
            put(server, "second");

            String records = records(server, shardIds(server).get(0));
            assertThat(values("eventName", records)).containsExactly("INSERT", "MODIFY");
            assertThat(records).containsPattern("\"NewImage\":\\{[^]]*\"second\"");
            assertThat(records).containsPattern("\"OldImage\":\\{[^]]*\"first\"");
        }
    }

    @Test
    void rollsAShardOverToItsChild() throws Exception {
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb())) {
            createTable(server);
            put(server, "first");
            server.rollShards();
            put(server, "second");

            List<String> shards = shardIds(server);
            assertThat(shards).hasSize(2);
            assertThat(values("ParentShardId", describeStream(server))).containsExactly(shards.get(0));
            assertThat(values("EndingSequenceNumber", describeStream(server))).hasSize(1);
            String closed = records(server, shards.get(0));
            assertThat(values("eventName", closed)).containsExactly("INSERT");
            assertThat(values("NextShardIterator", closed)).isEmpty();
            String open = records(server, shards.get(1));
            assertThat(values("eventName", open)).containsExactly("MODIFY");
            assertThat(values("NextShardIterator", open)).hasSize(1);
        }
    }

    @Test
    void keepsItsTablesAndItsPortOverARestart() throws Exception {
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb())) {
            URI endpoint = server.endpoint();
            createTable(server);
            put(server, "first");

            server.stop();
            assertThatThrownBy(() -> describeStream(server)).isInstanceOf(ConnectException.class);
            server.restart();
            assertThat(server.endpoint()).isEqualTo(endpoint);
            put(server, "second");
            assertThat(values("eventName", records(server, shardIds(server).get(0))))
                    .containsExactly("INSERT", "MODIFY");
        }
    }

    @Test
    void runsBesideAnotherAndSharesNothingWithIt() throws Exception {
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb())) {
            createTable(server);
            try (DynamoDbServer other = DynamoDbServer.start(BuiltJars.dynamoDb())) {
                assertThat(other.endpoint()).isNotEqualTo(server.endpoint());
                createTable(other);
                put(other, "other");
                other.rollShards();
            }
            put(server, "first");
            assertThat(shardIds(server)).hasSize(1);
            assertThat(records(server, shardIds(server).get(0)))
                    .contains("\"first\"")
                    .doesNotContain("\"other\"");
        }
    }

    @Test
    void goesOnWithTablesAndStreamsOfAFolder(@TempDir Path folder) throws Exception {
        String stream;
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb(), Optional.of(folder), 0)) {
            createTable(server);
            put(server, "first");
            stream = stream(server);
        }
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb(), Optional.of(folder), 0)) {
            put(server, "second");
            assertThat(stream(server)).isEqualTo(stream);
            assertThat(shardIds(server)).hasSize(1);
            assertThat(values("SequenceNumber", records(server, shardIds(server).get(0))))
                    .as("numbers go on")
                    .containsExactly("000000000000000000001", "000000000000000000002");
        }
    }

    @Test
    void leavesTheFolderAloneWhenThePortIsTaken(@TempDir Path folder) throws Exception {
        try (DynamoDbServer other = DynamoDbServer.start(BuiltJars.dynamoDb())) {
            int taken = other.endpoint().getPort();
            assertThatThrownBy(() -> DynamoDbServer.start(BuiltJars.dynamoDb(), Optional.of(folder), taken))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("127.0.0.1:" + taken);
        }
        try (DynamoDbServer server = DynamoDbServer.start(BuiltJars.dynamoDb(), Optional.of(folder), 0)) {
            createTable(server);
            put(server, "first");
        }
    }

    private static void createTable(DynamoDbServer server) throws Exception {
        call(server, "DynamoDB_20120810.CreateTable", """
                {"TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
                 "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                 "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                 "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES"}}""");
    }

    private static void put(DynamoDbServer server, String value) throws Exception {
        call(
                server,
                "DynamoDB_20120810.PutItem",
                "{\"TableName\": \"orders\", \"Item\": {\"id\": {\"S\": \"1\"}, \"value\": {\"S\": \"" + value
                        + "\"}}}");
    }

    private static List<String> shardIds(DynamoDbServer server) throws Exception {
        return values("ShardId", describeStream(server));
    }

    private static String describeStream(DynamoDbServer server) throws Exception {
        return call(server, "DynamoDBStreams_20120810.DescribeStream", "{\"StreamArn\": \"" + stream(server) + "\"}");
    }

    /** The answer to a reading of a shard from its start. */
    private static String records(DynamoDbServer server, String shardId) throws Exception {
        String iterator = call(
                server,
                "DynamoDBStreams_20120810.GetShardIterator",
                "{\"StreamArn\": \"" + stream(server) + "\", \"ShardId\": \"" + shardId
                        + "\", \"ShardIteratorType\": \"TRIM_HORIZON\"}");
        return call(server, "DynamoDBStreams_20120810.GetRecords", iterator);
    }

    private static String stream(DynamoDbServer server) throws Exception {
        String streams = call(server, "DynamoDBStreams_20120810.ListStreams", "{\"TableName\": \"orders\"}");
        return values("StreamArn", streams).get(0);
    }

    private static List<String> values(String key, String json) {
        return Pattern.compile("\"" + key + "\":\"([^\"]*)\"")
                .matcher(json)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static String call(DynamoDbServer server, String target, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.endpoint())
                .header("Content-Type", "application/x-amz-json-1.0")
                .header("X-Amz-Target", target)
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=" + server.accessKey() + "/20260101/" + server.region()
                                + "/dynamodb/aws4_request, SignedHeaders=host, Signature=none")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }
}
