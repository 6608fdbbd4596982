"""The commands of `flask --app wsgi …`."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import Migrate

from marketplace import audit as audits
from marketplace import seed
from marketplace.kernel.clock import now
from marketplace.kernel.database import db, transaction
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.journal import SYSTEM
from marketplace.kernel.times import at_wall
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisation_with
from marketplace.people import actions as people
from marketplace.people.states import Role
from marketplace.regions.models import Region
from marketplace.regions.queries import region_with
from marketplace.worker import do_chores, work, work_once

demo_commands = AppGroup("demo", help="The demonstration region.")
people_commands = AppGroup("people", help="People and their roles.")
migrate = Migrate()


def register(app: Flask) -> None:
    """Adds the commands to the application's command line, and what those of its migrations need."""
    migrate.init_app(
        app, db, render_as_batch=True, compare_type=True, directory=str(Path(app.root_path) / "migrations")
    )
    app.cli.add_command(demo_commands)
    app.cli.add_command(people_commands)
    for command in (worker, audit, serve):
        app.cli.add_command(command)


@click.command()
@click.option("--once", is_flag=True, help="One round, instead of rounds without end.")
def worker(once: bool) -> None:
    """Deliver letters and do what is due."""
    if once:
        work_once(current_app)
        do_chores()
    else:
        work(current_app._get_current_object())  # type: ignore[attr-defined]  # a proxy's own method


@click.command()
def audit() -> None:
    """Check every invariant of the data: a line for each breach, and exit status 1 if there is one."""
    breaches = audits.breaches(now=now())
    for breach in breaches:
        click.echo(breach)
    click.echo(f"{len(breaches)} breaches" if breaches else "All is well.")
    sys.exit(bool(breaches))


FROM_COMMAND_LINE = "FLASK_RUN_FROM_CLI"
"""Flask sets it for its commands, and the web server is not one: it needs no commands (see wsgi.py)."""
THREADS = 2
"""Of the web server: more of them fight over the interpreter, and each request takes longer."""


@click.command()
@click.option("--port", default=5000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def serve(port: int, host: str) -> None:
    """Run the web server and the worker together, until Ctrl-C; if one of them ends, so does the other."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--blocking-threads", str(THREADS), "--log-level", "warning", "wsgi:app"]
    outside = {name: value for name, value in os.environ.items() if name != FROM_COMMAND_LINE}
    jobs = [
        subprocess.Popen(web, env=outside),
        subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"]),
    ]
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    click.echo(f"Meeloop is at http://{host}:{port} (stop with Ctrl-C)")
    try:
        while all(job.poll() is None for job in jobs):
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass
    finally:
        for job in jobs:
            job.terminate()
        for job in jobs:
            job.wait(timeout=15)


@demo_commands.command("load")
@click.option("--scale", type=click.Choice([*seed.SCALES]), default="small", show_default=True)
@click.option("--seed", "number", default=1, show_default=True, help="Another number, other details.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="As if it were this day (default: today)."
)
def load(scale: str, number: int, day: datetime | None) -> None:
    """Fill an empty database with the made-up region; one that holds people is left as it is."""
    if not current_app.config["SETTINGS"].is_demo:
        raise click.ClickException(
            "This fills the database with made-up people. Set DEMO=1 if that is what you want."
        )
    moment = at_wall(day.date(), seed.CLOCK) if day else now()
    click.echo(seed.load(scale=scale, number=number, now=moment))


@people_commands.command("invite")
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", default="", help="Their name; they can change it later.")
@click.option("--organisation", default="", help="Code of the organisation the role is at.")
@click.option("--region", default="", help="Code of the region a coordinator coordinates.")
def invite(email: str, role: str, name: str, organisation: str, region: str) -> None:
    """Give somebody a role and tell them by mail."""
    with transaction():
        try:
            place = _place(Role(role), organisation, region)
            person = people.invite(email=email, name=name, role=Role(role), place=place, by=SYSTEM, now=now())
        except (Refused, NotFound) as error:
            raise click.ClickException(
                str(error) or "There is no organisation or region with this code."
            ) from None
        click.echo(f"{person.email} is invited as {role}.")


def _place(role: Role, organisation: str, region: str) -> Organisation | Region | None:
    """Where the role is to hold; administrators are so everywhere."""
    if role == Role.ADMINISTRATOR:
        return None
    return region_with(region) if role == Role.COORDINATOR else organisation_with(organisation)
