package io.tidemark.runner.aws;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.Finding;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/** What the services have in common: settings, clients, the configuration file that jobs read. Credentials come by the SDK's default chain. */
final class AwsService {
    static final Setting<String> CONFIG = Setting.text(
            "config",
            "s3:// URI of a copy of this configuration file, which the job gets in its working folder; it has to name the same lake.");
    static final Setting<String> REGION = Setting.text(
                    "region", "AWS region; by default the one of the environment or the AWS profile.")
            .asOptional();
    static final Setting<String> ENDPOINT = Setting.text(
                    "endpoint",
                    "URL at which the service is called, for a private endpoint; by default the region's own.")
            .asOptional();

    /** The types of lakes that can be in S3. */
    private static final List<String> LAKES = List.of("iceberg", "delta");

    private AwsService() {}

    /** Builds a client as the settings say. */
    static <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C client(B builder, Settings settings) {
        settings.find(REGION).map(Region::of).ifPresent(builder::region);
        settings.find(ENDPOINT).map(URI::create).ifPresent(builder::endpointOverride);
        return builder.httpClientBuilder(UrlConnectionHttpClient.builder()).build();
    }

    /** Name by which the job finds its configuration: {@code --extra-files} and {@code --files} leave it in the working folder. */
    static String configName(Settings settings) {
        String uri = settings.value(CONFIG);
        return uri.substring(uri.lastIndexOf('/') + 1);
    }

    /**
     * Starts a run.
     *
     * @throws TidemarkException {@code ENGINE_FAILED} with what the service said
     */
    static <T> T started(String service, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException e) {
            throw new TidemarkException(
                    ErrorCode.ENGINE_FAILED,
                    "Cannot start a job on " + service + ": " + e.getMessage(),
                    "'tidemark check' tests what it needs; a limit of runs at the same time is set with " + service
                            + ".",
                    e);
        }
    }

    /** Asks the service for what runs are started with; a finding says what it answered. */
    static Finding checked(String service, String lake, Supplier<Finding> call) {
        if (!LAKES.contains(lake)) {
            return Finding.failed(
                    ErrorCode.CONFIG_INVALID,
                    "spark",
                    "lakes of type " + lake + " are on a local disk, which jobs on " + service + " do not reach",
                    "Use a lake of type " + String.join(" or ", LAKES) + " in S3, or another type of spark:.");
        }
        try {
            return call.get();
        } catch (SdkException e) {
            return Finding.failed(
                    ErrorCode.CONFIG_INVALID,
                    "spark",
                    service + " cannot be asked: " + e.getMessage(),
                    "Correct the settings of spark:, or the credentials and permissions of this process.");
        }
    }
}
