package io.tidemark.dist.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.dist.Commands;
import io.tidemark.engine.config.PluginSettings;
import io.tidemark.engine.config.SettingsCatalog;
import io.tidemark.engine.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The reference pages say what the code does. To write them afresh:
 *
 * <pre>mvn -q -pl dist -am package -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Dtidemark.docs=update</pre>
 */
class ReferenceTest {
    private static final Path FOLDER = Path.of("..", "docs", "reference");

    @Test
    void configurationPageListsEverySetting() throws IOException {
        assertUpToDate(
                "configuration.md", ConfigurationPage.text(SettingsCatalog.of(PluginSettings.of(new Plugins()))));
    }

    @Test
    void typesPageListsEveryTypeThatIsCarried() throws IOException {
        assertUpToDate("types.md", TypesPage.text());
    }

    @Test
    void errorsPageListsEveryCode() throws IOException {
        assertUpToDate("errors.md", ErrorsPage.text());
    }

    @Test
    void commandsPageShowsTheHelpOfEveryCommand() throws IOException {
        assertUpToDate("cli.md", CommandsPage.text(Commands.commandLine()));
    }

    private static void assertUpToDate(String page, String expected) throws IOException {
        Path file = FOLDER.resolve(page);
        if ("update".equals(System.getProperty("tidemark.docs"))) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, expected);
        }
        assertThat(file)
                .as("docs/reference/%s; to write it afresh run this test with -Dtidemark.docs=update", page)
                .content()
                .isEqualTo(expected);
    }
}
