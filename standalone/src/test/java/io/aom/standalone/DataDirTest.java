package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {
  @TempDir private Path temp;
  private DataDir dir;

  @BeforeEach
  void create() throws Exception {
    dir = new DataDir(temp.resolve("aom"));
    dir.create();
  }

  @Test
  void nobodyElseMayLookIn() throws Exception {
    assertThat(Files.getPosixFilePermissions(dir.path()))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void nobodyHoldsANewOne() throws Exception {
    assertThat(dir.holder()).isEmpty();
    assertThat(new DataDir(temp.resolve("none")).holder()).isEmpty();
  }

  @Test
  void aStalePidIsNotAHolder() throws Exception {
    dir.hold().orElseThrow().close();

    assertThat(dir.holder()).isEmpty();
    assertThat(dir.hold()).isPresent();
  }

  @Test
  void theIdentitySecretIsMadeOnceAndIsSecret() throws Exception {
    String secret = dir.identitySecret();

    assertThat(Base64.getDecoder().decode(secret)).hasSize(32);
    assertThat(dir.identitySecret()).isEqualTo(secret);
    assertThat(Files.getPosixFilePermissions(dir.path().resolve("identity.secret")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }
}
