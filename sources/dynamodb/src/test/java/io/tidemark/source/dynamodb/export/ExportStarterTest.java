package io.tidemark.source.dynamodb.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.source.dynamodb.export.ExportRequest.Range;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.testkit.aws.StubService;
import io.tidemark.testkit.aws.StubService.Answer;
import io.tidemark.testkit.aws.StubService.Call;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ExportFormat;
import software.amazon.awssdk.services.dynamodb.model.ExportViewType;

/** The calls that DynamoDB would get. */
class ExportStarterTest {
    private static final String TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/Books";
    private static final String EXPORT = TABLE + "/export/01693685827463-2d8752fd";
    private static final String START = "DynamoDB_20120810.ExportTableToPointInTime";
    private static final String DESCRIBE = "DynamoDB_20120810.DescribeExport";
    private static final ExportRequest REQUEST = ExportRequest.full(TABLE, "exports", "daily", "token-1");

    @RegisterExtension
    final StubService service = new StubService();

    private DynamoDbClient client;
    private ExportStarter starter;

    @BeforeEach
    void connect() {
        client = DynamoDbClient.builder()
                .endpointOverride(URI.create(service.url()))
                .region(Region.US_EAST_1)
                .httpClientBuilder(ApacheHttpClient.builder())
                .overrideConfiguration(config -> config.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
        starter = new ExportStarter(client);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aFullExportIsStartedAndLookedFor() {
        service.answer(this::madeAtThirdLook);
        String arn = starter.start(REQUEST);
        assertThat(arn).isEqualTo(EXPORT);
        assertThat(starter.poll(arn)).isEmpty();
        assertThat(starter.poll(arn)).isEmpty();
        assertThat(starter.poll(arn))
                .contains(new FinishedExport(EXPORT, "exports", "daily/AWSDynamoDB/01693685827463-2d8752fd"));
        assertThat(service.calls(START)).singleElement().satisfies(call -> {
            assertThat(call.signature()).contains("/us-east-1/dynamodb/aws4_request");
            assertThat(call.body())
                    .contains("\"TableArn\":\"" + TABLE + "\"")
                    .contains("\"S3Bucket\":\"exports\"")
                    .contains("\"S3Prefix\":\"daily\"")
                    .contains("\"ExportFormat\":\"DYNAMODB_JSON\"")
                    .contains("\"ClientToken\":\"token-1\"")
                    .doesNotContain("ExportTime", "ExportType", "Incremental");
        });
        assertThat(service.calls(DESCRIBE))
                .hasSize(3)
                .allSatisfy(call -> assertThat(call.body()).contains("\"ExportArn\":\"" + EXPORT + "\""));
    }

    private Answer madeAtThirdLook(Call call) {
        boolean isMade = service.calls(DESCRIBE).size() == 3;
        return new Answer(
                200,
                "{\"ExportDescription\":{\"ExportArn\":\"" + EXPORT + "\",\"ExportStatus\":\""
                        + (isMade ? "COMPLETED" : "IN_PROGRESS") + "\",\"S3Bucket\":\"exports\",\"ExportManifest\":"
                        + "\"daily/AWSDynamoDB/01693685827463-2d8752fd/manifest-summary.json\"}}");
    }

    @Test
    void aTimeAndARangeAreToldInSeconds() {
        service.answer(this::madeAtThirdLook);
        Instant from = Instant.ofEpochSecond(1_700_000_000);
        starter.start(REQUEST.withFormat(ExportFormat.ION).withExportTime(from));
        starter.start(
                REQUEST.withRange(new Range(from, from.plus(Duration.ofHours(1)), ExportViewType.NEW_AND_OLD_IMAGES)));
        assertThat(service.calls(START).get(0).body())
                .contains("\"ExportTime\":1700000000")
                .contains("\"ExportFormat\":\"ION\"");
        assertThat(service.calls(START).get(1).body())
                .contains("\"ExportType\":\"INCREMENTAL_EXPORT\"")
                .contains("\"ExportFromTime\":1700000000")
                .contains("\"ExportToTime\":1700003600")
                .contains("\"ExportViewType\":\"NEW_AND_OLD_IMAGES\"");
    }

    @ParameterizedTest
    @CsvSource({
        "PointInTimeRecoveryUnavailableException, CONFIG_INVALID, Turn on point-in-time recovery of the table: aws dynamodb"
                + " update-continuous-backups --table-name Books",
        "InvalidExportTimeException, CONFIG_INVALID, recovery window",
        "ValidationException, CONFIG_INVALID, Correct what",
        "TableNotFoundException, SOURCE_TABLE_MISSING, table",
        "AccessDeniedException, SOURCE_PERMISSION, dynamodb:ExportTableToPointInTime",
        "UnrecognizedClientException, SOURCE_AUTHENTICATION, credentials",
        "ExportConflictException, SOURCE_QUERY, message",
        "LimitExceededException, SOURCE_QUERY, message",
    })
    void whatDynamoDbRefusesIsSaid(String exception, ErrorCode code, String remedy) {
        service.answer(call -> new Answer(
                400, "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" + exception + "\",\"message\":\"because\"}"));
        assertThatThrownBy(() -> starter.start(REQUEST))
                .hasFieldOrPropertyWithValue("code", code)
                .hasMessageStartingWith("Cannot export a table: because")
                .hasMessageContaining("(table=" + TABLE + ", bucket=exports)")
                .satisfies(e -> assertThat(((TidemarkException) e).remedy()).contains(remedy));
    }

    @ParameterizedTest
    @CsvSource({"S3NoSuchBucket, CONFIG_INVALID", "S3AccessDenied, SOURCE_PERMISSION"})
    void anExportThatFailsIsSaid(String failureCode, ErrorCode code) {
        service.answer(call -> new Answer(
                200,
                "{\"ExportDescription\":{\"ExportStatus\":\"FAILED\",\"FailureCode\":\"" + failureCode
                        + "\",\"FailureMessage\":\"because\"}}"));
        assertThatThrownBy(() -> starter.poll(EXPORT))
                .hasFieldOrPropertyWithValue("code", code)
                .hasMessage("Cannot export a table: the export failed (export=" + EXPORT + ", failureCode="
                        + failureCode + ", failureMessage=because)");
    }

    @ParameterizedTest
    @CsvSource({"ENABLED, true", "DISABLED, false"})
    void pointInTimeRecoveryIsAskedFor(String status, boolean isOn) {
        service.answer(call -> new Answer(
                200,
                "{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"ENABLED\",\"PointInTimeRecoveryDescription\":"
                        + "{\"PointInTimeRecoveryStatus\":\"" + status + "\"}}}"));
        if (isOn) {
            starter.requireRecovery(TABLE);
        } else {
            assertThatThrownBy(() -> starter.requireRecovery(TABLE))
                    .hasFieldOrPropertyWithValue("code", ErrorCode.CONFIG_INVALID)
                    .hasMessage("Cannot export table Books: its point-in-time recovery is off")
                    .satisfies(e -> assertThat(((TidemarkException) e).remedy())
                            .contains("update-continuous-backups --table-name Books"));
        }
        assertThat(service.calls("DynamoDB_20120810.DescribeContinuousBackups")).hasSize(1);
    }

    @Test
    void aServiceThatIsNotThereIsSaid() {
        DynamoDbClient nowhere = DynamoDbClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:1"))
                .region(Region.US_EAST_1)
                .httpClientBuilder(ApacheHttpClient.builder())
                .overrideConfiguration(config -> config.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
        try (nowhere) {
            assertThatThrownBy(() -> new ExportStarter(nowhere).poll(EXPORT))
                    .hasFieldOrPropertyWithValue("code", ErrorCode.SOURCE_UNREACHABLE);
        }
    }
}
