package io.tidemark.metastore.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Opens {@link EtcdMetadataStore}s: type {@code etcd}. */
public final class EtcdMetadataStoreProvider implements MetadataStoreProvider {
    static final Setting<List<URI>> ENDPOINTS = new Setting<>(
            "endpoints",
            "text",
            null,
            false,
            false,
            "URLs of the members of etcd, with commas between them: http://etcd-1:2379,http://etcd-2:2379, all with http or all with https.",
            EtcdMetadataStoreProvider::endpoints);
    static final Setting<String> PREFIX = Setting.text(
                    "prefix", "What the keys in etcd start with, 1 to 256 characters. Pipelines may share it.")
            .withDefault("tidemark/");
    static final Setting<String> USER =
            Setting.text("user", "User of etcd; by default none is named.").asOptional();
    static final Setting<String> PASSWORD =
            Setting.text("password", "Password of the user.").asOptional().asSecret();
    static final Setting<String> TLS_CA = Setting.text(
                    "tls-ca",
                    "File with the certificates of the authorities that etcd's certificate comes from, PEM; by default those that Java trusts.")
            .asOptional();
    static final Setting<String> TLS_CERTIFICATE = Setting.text(
                    "tls-certificate", "File with the certificate that is shown to etcd, PEM; by default none.")
            .asOptional();
    static final Setting<String> TLS_KEY = Setting.text(
                    "tls-key", "File with the key of that certificate, PKCS #8 in PEM, without a password.")
            .asOptional();

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final int PREFIX_MAX = 256;

    @Override
    public String type() {
        return "etcd";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(ENDPOINTS, PREFIX, USER, PASSWORD, TLS_CA, TLS_CERTIFICATE, TLS_KEY);
    }

    @Override
    public MetadataStore open(Settings settings) {
        List<URI> endpoints = settings.value(ENDPOINTS);
        String prefix = settings.value(PREFIX);
        if (prefix.length() > PREFIX_MAX) {
            throw invalid("prefix is longer than " + PREFIX_MAX + " characters", null);
        }
        if (settings.find(USER).isPresent() != settings.find(PASSWORD).isPresent()) {
            throw invalid("user and password go together", null);
        }
        boolean isTls = "https".equals(endpoints.get(0).getScheme());
        if (!isTls
                && (settings.find(TLS_CA).isPresent()
                        || settings.find(TLS_CERTIFICATE).isPresent())) {
            throw invalid("endpoints start with http://, which is without TLS, and a file for TLS is named", null);
        }
        Optional<SslContext> tls = isTls ? Optional.of(tls(settings)) : Optional.empty();
        return EtcdMetadataStore.open(
                () -> client(settings, endpoints, tls),
                endpoints.stream().map(URI::toString).collect(Collectors.joining(",")),
                prefix);
    }

    private static Client client(Settings settings, List<URI> endpoints, Optional<SslContext> tls) {
        ClientBuilder builder = Client.builder()
                .endpoints(endpoints)
                .connectTimeout(CONNECT)
                // It fails at once where nobody listens; EtcdCalls tries again.
                .waitForReady(false)
                .maxInboundMessageSize(EtcdMetadataStore.ANSWER_BYTES_MAX);
        tls.ifPresent(builder::sslContext);
        settings.find(USER).map(EtcdMetadataStoreProvider::bytes).ifPresent(builder::user);
        settings.find(PASSWORD).map(EtcdMetadataStoreProvider::bytes).ifPresent(builder::password);
        return builder.build();
    }

    private static SslContext tls(Settings settings) {
        Optional<String> certificate = settings.find(TLS_CERTIFICATE);
        if (certificate.isPresent() != settings.find(TLS_KEY).isPresent()) {
            throw invalid("tls-certificate and tls-key go together", null);
        }
        try {
            SslContextBuilder builder = GrpcSslContexts.forClient();
            settings.find(TLS_CA)
                    .ifPresent(file -> builder.trustManager(Path.of(file).toFile()));
            certificate.ifPresent(file -> builder.keyManager(
                    Path.of(file).toFile(), Path.of(settings.value(TLS_KEY)).toFile()));
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()), e);
        }
    }

    private static TidemarkException invalid(String reason, @Nullable Exception cause) {
        return new TidemarkException(
                ErrorCode.CONFIG_INVALID, "Cannot open the metadata store on etcd: " + reason, cause);
    }

    private static List<URI> endpoints(String text) {
        List<URI> found = Arrays.stream(text.split(","))
                .map(String::strip)
                .map(URI::create)
                .toList();
        boolean isHttp = found.stream().allMatch(uri -> "http".equals(uri.getScheme()) && uri.getHost() != null);
        boolean isHttps = found.stream().allMatch(uri -> "https".equals(uri.getScheme()) && uri.getHost() != null);
        if (!isHttp && !isHttps) {
            throw new IllegalArgumentException("must be URLs such as http://localhost:2379, all http or all https");
        }
        return found;
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
