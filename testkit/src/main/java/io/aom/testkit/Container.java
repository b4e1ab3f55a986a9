package io.aom.testkit;

import com.github.dockerjava.api.DockerClient;
import io.aom.localstack.Ports;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** A server in a container, on a host port that stays the same when it is killed and restarted. */
final class Container implements ServerControl {
  private static final System.Logger LOG = System.getLogger(Container.class.getName());

  private final GenericContainer<?> container;
  private final int hostPort;
  private final BooleanSupplier ready;

  private Container(GenericContainer<?> container, int hostPort, BooleanSupplier ready) {
    this.container = container;
    this.hostPort = hostPort;
    this.ready = ready;
  }

  /** Asks whether the server on this port of loopback answers its protocol. */
  interface Probe {
    boolean answers(int port);
  }

  static Container start(GenericContainer<?> container, int containerPort, Probe probe) {
    int hostPort = Ports.free();
    container.setPortBindings(List.of("127.0.0.1:" + hostPort + ":" + containerPort));
    container.start();
    LOG.log(
        Level.INFO,
        "{0} runs as container {1} on port {2}",
        container.getDockerImageName(),
        container.getContainerId(),
        Integer.toString(hostPort));
    return new Container(container, hostPort, () -> probe.answers(hostPort));
  }

  @Override
  public String address() {
    return "127.0.0.1:" + hostPort;
  }

  @Override
  public void kill() {
    if (isRunning()) {
      docker().killContainerCmd(container.getContainerId()).withSignal("KILL").exec();
      Await.until("container is gone", () -> !isRunning());
    }
  }

  @Override
  public void restart() {
    kill();
    docker().startContainerCmd(container.getContainerId()).exec();
    Await.until("container answers", ready);
  }

  @Override
  public void pause() {
    docker().pauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void resume() {
    docker().unpauseContainerCmd(container.getContainerId()).exec();
  }

  @Override
  public void close() {
    container.stop();
  }

  private boolean isRunning() {
    return Boolean.TRUE.equals(
        docker().inspectContainerCmd(container.getContainerId()).exec().getState().getRunning());
  }

  private static DockerClient docker() {
    return DockerClientFactory.instance().client();
  }
}
