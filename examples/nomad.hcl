# One run every 5 minutes on every Nomad client that runs Docker: nomad job run nomad.hcl
# A client that joins later takes part from the next time on.
#
# The program is started as it is installed on the host; the plugin raw_exec must be enabled there, and Nomad's client
# must be root, as it is to run Docker. The limits are in /etc/docker-gc/config.yaml of each host: see config.yaml. Nomad removes an image 3 minutes after the last task that used it, so that there
# is little left to decide. To leave that to docker-gc, say in the client's configuration:
#   plugin "docker" { config { gc { image = false } } }

job "docker-gc" {
  type        = "sysbatch"
  datacenters = ["*"]

  periodic {
    # Before Nomad 1.6.2: cron = "*/5 * * * *"
    crons            = ["*/5 * * * *"]
    prohibit_overlap = true
  }

  constraint {
    attribute = "${attr.driver.docker}"
    value     = "1"
  }

  group "docker-gc" {
    # The next run is soon enough.
    restart {
      attempts = 0
      mode     = "fail"
    }

    task "run" {
      driver = "raw_exec"

      config {
        command = "docker-gc"
      }

      resources {
        memory = 256
      }
    }
  }
}
