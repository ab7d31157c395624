package io.tidemark.metastore.zookeeper;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.MetadataStore;
import io.tidemark.spi.metastore.MetadataStoreProvider;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.common.PathUtils;

/** Opens {@link ZooKeeperMetadataStore}s: type {@code zookeeper}. */
public final class ZooKeeperMetadataStoreProvider implements MetadataStoreProvider {
    static final Setting<String> CONNECT = new Setting<>(
            "connect",
            "text",
            null,
            false,
            false,
            "Connect string: HOST:PORT of the servers, with commas between them, and the path of the node below which the entries are:"
                    + " zk-1:2181,zk-2:2181/tidemark. The node is made when there is none; the default path is /tidemark. Pipelines may share it.",
            ZooKeeperMetadataStoreProvider::connectString);
    static final Setting<String> USER = Setting.text(
                    "user",
                    "User of the authentication scheme digest; the nodes are then made for this user alone. By default they are open to everybody.")
            .asOptional();
    static final Setting<String> PASSWORD =
            Setting.text("password", "Password of the user.").asOptional().asSecret();

    private static final String DEFAULT_ROOT = "/tidemark";

    @Override
    public String type() {
        return "zookeeper";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(CONNECT, USER, PASSWORD);
    }

    @Override
    public MetadataStore open(Settings settings) {
        String connect = settings.value(CONNECT);
        Optional<String> user = settings.find(USER);
        Optional<String> password = settings.find(PASSWORD);
        if (user.isPresent() != password.isPresent()) {
            throw new TidemarkException(
                    ErrorCode.CONFIG_INVALID,
                    "Cannot open the metadata store on ZooKeeper: user and password go together");
        }
        byte[] login = user.map(name -> (name + ':' + password.orElseThrow()).getBytes(StandardCharsets.UTF_8))
                .orElse(null);
        return ZooKeeperMetadataStore.open(
                new ZooKeeperCalls(servers(connect), login),
                root(connect),
                login == null ? Nodes.Access.EVERYBODY : Nodes.Access.LOGGED_IN);
    }

    private static String servers(String connect) {
        int slash = connect.indexOf('/');
        return slash < 0 ? connect : connect.substring(0, slash);
    }

    private static String root(String connect) {
        int slash = connect.indexOf('/');
        return slash < 0 ? DEFAULT_ROOT : connect.substring(slash);
    }

    private static String connectString(String text) {
        if (servers(text).isBlank()) {
            throw new IllegalArgumentException("must name a server, such as localhost:2181");
        }
        if (root(text).equals("/")) {
            throw new IllegalArgumentException("must have a path with a name, such as /tidemark");
        }
        PathUtils.validatePath(root(text));
        return text;
    }
}
