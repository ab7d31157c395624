package io.tidemark.source.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.BeforeImage;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.PartitionPosition;
import io.tidemark.spi.source.PartitionSink;
import io.tidemark.spi.source.SourceTable;
import io.tidemark.spi.source.StreamPartition;
import io.tidemark.spi.source.TypeChoices;
import io.tidemark.spi.source.UndecodableRow;
import io.tidemark.testkit.aws.StubService;
import io.tidemark.testkit.aws.StubService.Answer;
import io.tidemark.testkit.aws.StubService.Call;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Shards whose oldest records are gone. The service is a stub of its protocol: DynamoDB Local trims nothing. */
class ShardStreamTest {
    private static final TableId TABLE = new TableId("dynamodb", "orders");
    private static final StreamPartition SHARD =
            new StreamPartition("arn:stream/shard-1", "arn:stream", List.of(TABLE), List.of(), false);
    private static final Answer TRIMMED = new Answer(
            400,
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TrimmedDataAccessException\",\"message\":\"trimmed\"}");
    private static final String ITERATOR = "DynamoDBStreams_20120810.GetShardIterator";

    @RegisterExtension
    final StubService service = new StubService();

    private Duration age = Duration.ofMinutes(1);
    private boolean isTrimmed;
    private boolean isFirstRefused;
    private int refusals;

    @Test
    void aShardThatIsWantedSinceLongerThanRecordsAreKeptIsLost() {
        Told told = read(PartitionPosition.since(Instant.now().minus(Duration.ofHours(25))));
        assertThat(told.events).isEmpty();
        assertLost(told);
    }

    @Test
    void aShardThatIsWantedSinceYesterdayIsRead() {
        Told told = read(PartitionPosition.since(Instant.now().minus(Duration.ofHours(23))));
        assertThat(told.lost).isNull();
        assertThat(told.events).containsExactly("100");
    }

    @Test
    void aShardOfWhichTheBeginIsGoneIsLost() {
        age = Duration.ofHours(23);
        isTrimmed = true;
        Told told = read(PartitionPosition.BEGINNING);
        assertThat(told.events).isEmpty();
        assertLost(told);
        assertThat(service.calls(ITERATOR))
                .last()
                .satisfies(call -> assertThat(call.body()).contains("AT_SEQUENCE_NUMBER", "\"SequenceNumber\":\"90\""));
    }

    @Test
    void anOldShardOfWhichTheBeginIsThereIsRead() {
        age = Duration.ofHours(23);
        Told told = read(PartitionPosition.BEGINNING);
        assertThat(told.lost).isNull();
        assertThat(told.events).containsExactly("100");
    }

    @Test
    void aYoungShardIsReadWithoutAnotherLook() {
        Told told = read(PartitionPosition.BEGINNING);
        assertThat(told.events).containsExactly("100");
        assertThat(service.calls(ITERATOR)).hasSize(1);
    }

    /** As DynamoDB Local does to an iterator from before the shard's first record. */
    @Test
    void aShardWhoseIteratorIsRefusedOnceIsReadByAnother() {
        isFirstRefused = true;
        Told told = read(PartitionPosition.since(Instant.now().minus(Duration.ofMinutes(1))));
        assertThat(told.lost).isNull();
        assertThat(told.events).containsExactly("100");
        assertThat(service.calls(ITERATOR)).hasSize(2);
    }

    @Test
    void aShardIsNotAskedWhileAnEventOfItIsNotTaken() {
        refusals = 3;
        Told told = read(PartitionPosition.BEGINNING);
        assertThat(told.events).containsExactly("100");
        assertThat(told.offers).isEqualTo(4);
        assertThat(service.calls("DynamoDBStreams_20120810.GetRecords")).hasSize(1);
    }

    private static void assertLost(Told told) {
        assertThat(told.lost).isNotNull();
        assertThat(told.lost.code()).isEqualTo(ErrorCode.SOURCE_SLOT_LOST);
        assertThat(told.lost).hasMessageContaining("shard=" + SHARD.id());
    }

    /** Reads the shard until something is told. */
    private Told read(PartitionPosition from) {
        service.answer(this::answer);
        Told told = new Told(refusals);
        Clients clients = new Clients(
                Optional.of("us-east-1"),
                Optional.of(URI.create(service.url())),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("stub", "stub")));
        RowSchema schema = new RowSchema(
                TABLE,
                List.of(new Column("id", ColumnType.STRING, false, "S")),
                List.of("id"),
                BeforeImage.KEY,
                "orders-1");
        try (clients;
                ShardStream stream = new ShardStream(
                        clients, List.of(new SourceTable(schema, -1, -1, List.of())), TypeChoices.NONE, null)) {
            stream.add(SHARD, from);
            Instant end = Instant.now().plus(Duration.ofSeconds(30));
            while (told.isEmpty() && Instant.now().isBefore(end)) {
                stream.poll(told, Duration.ofMillis(100));
            }
        }
        return told;
    }

    private Answer answer(Call call) {
        String action = call.action().substring(call.action().indexOf('.') + 1);
        return switch (action) {
            case "GetShardIterator" ->
                isTrimmed && call.body().contains("AT_SEQUENCE_NUMBER")
                        ? TRIMMED
                        : new Answer(200, "{\"ShardIterator\":\"i\"}");
            case "GetRecords" ->
                isFirstRefused && service.calls(ITERATOR).size() == 1
                        ? TRIMMED
                        : new Answer(
                                200,
                                "{\"Records\":[{\"eventName\":\"INSERT\",\"dynamodb\":{\"ApproximateCreationDateTime\":"
                                        + Instant.now().minus(age).getEpochSecond()
                                        + ",\"Keys\":{\"id\":{\"S\":\"1\"}},\"NewImage\":{\"id\":{\"S\":\"1\"}},"
                                        + "\"SequenceNumber\":\"100\"}}],\"NextShardIterator\":\"j\"}");
            default ->
                new Answer(
                        200,
                        "{\"StreamDescription\":{\"StreamArn\":\"arn:stream\",\"Shards\":[{\"ShardId\":\"shard-1\","
                                + "\"SequenceNumberRange\":{\"StartingSequenceNumber\":\"90\"}}]}}");
        };
    }

    /** What the stream told. */
    private static final class Told implements PartitionSink {
        private final List<String> events = new ArrayList<>();
        private @Nullable TidemarkException lost;
        private final int refusals;
        private int offers;

        Told(int refusals) {
            this.refusals = refusals;
        }

        boolean isEmpty() {
            return events.isEmpty() && lost == null;
        }

        @Override
        public boolean takes(String partition, long commitMicros, Instant arrived) {
            return offers++ >= refusals;
        }

        @Override
        public ChangeBatch batch(RowSchema schema) {
            return new ChangeBatch(schema, 16);
        }

        @Override
        public long position() {
            return 1;
        }

        @Override
        public void event(String partition, String event, long commitMicros) {
            events.add(event);
        }

        @Override
        public void undecodable(UndecodableRow row) {
            throw row.reason();
        }

        @Override
        public void caughtUp(String partition, Instant at) {
            // Nothing rests on it here.
        }

        @Override
        public void ended(String partition) {
            throw new AssertionError("it is open");
        }

        @Override
        public void failed(String partition, TidemarkException reason) {
            throw reason;
        }

        @Override
        public void lost(String partition, TidemarkException reason) {
            lost = reason;
        }
    }
}
