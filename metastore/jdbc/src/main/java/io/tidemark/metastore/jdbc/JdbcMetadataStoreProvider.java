package io.tidemark.metastore.jdbc;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import java.util.List;
import java.util.Properties;

/** Opens {@link JdbcMetadataStore}s: type {@code jdbc}. */
public final class JdbcMetadataStoreProvider implements MetadataStoreProvider {
    static final Setting<String> URL = new Setting<>(
            "url",
            "text",
            null,
            true,
            false,
            "JDBC URL of the store: jdbc:sqlite:FILE on a local disk, or jdbc:postgresql://HOST/DATABASE. Default: a SQLite file in the state folder.",
            JdbcMetadataStoreProvider::supported);
    static final Setting<String> USER =
            Setting.text("user", "User of the PostgreSQL database.").asOptional();
    static final Setting<String> PASSWORD =
            Setting.text("password", "Password of that user.").asOptional().asSecret();

    @Override
    public String type() {
        return "jdbc";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(URL, USER, PASSWORD);
    }

    @Override
    public MetadataStore open(Settings settings) {
        String url = settings.find(URL)
                .orElseThrow(() -> new TidemarkException(
                        ErrorCode.CONFIG_INVALID, "Cannot open the metadata store: no URL is set (setting=url)"));
        Properties login = new Properties();
        settings.find(USER).ifPresent(user -> login.setProperty("user", user));
        settings.find(PASSWORD).ifPresent(password -> login.setProperty("password", password));
        return JdbcMetadataStore.open(url, login);
    }

    private static String supported(String text) {
        if (Dialect.find(text).isEmpty()) {
            throw new IllegalArgumentException("must start with jdbc:sqlite: or jdbc:postgresql:");
        }
        if (text.startsWith("jdbc:sqlite:") && (text.contains(":memory:") || text.contains("mode=memory"))) {
            throw new IllegalArgumentException("must name a file, because a store in memory is lost with its process");
        }
        return text;
    }
}
