"""The plan of the site, and where the cameras are on it."""

import binascii
from base64 import b64decode, b64encode
from typing import Annotated

from pydantic import BaseModel, Field, FiniteFloat

from synopticon.acts import site as act
from synopticon.acts.site import Site
from synopticon.errors import UsageError
from synopticon.web.auth import Here

Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


class PlaceModel(BaseModel):
    """Where a camera (its id) is on the plan, 0..1 from its upper left corner, and where it looks.

    ``angle``: degrees clockwise, 0 = up.
    """

    camera: Annotated[str, Field(max_length=100)]
    x: Share
    y: Share
    angle: Annotated[FiniteFloat, Field(ge=0, lt=360)] = 0.0


class SiteOut(BaseModel):
    """The plan: its picture as a ``data:`` address, none = a blank grid."""

    picture: str | None
    places: list[PlaceModel]


class SitePicture(BaseModel):
    """A PNG or JPEG in base64, at most 768 KiB of it; "" = a blank grid."""

    data: str = Field(max_length=1_048_576)


class SitePlaces(BaseModel):
    """Where the cameras are; those not named are nowhere."""

    places: list[PlaceModel] = Field(max_length=act.MOST)


def show_site(here: Here) -> SiteOut:
    """Give the plan of the site, and where the cameras are on it."""
    return _site(act.show_site(here))


def save_site_picture(here: Here, body: SitePicture) -> SiteOut:
    """Keep a picture as the plan, coded anew."""
    try:
        data = b64decode(body.data, validate=True)
    except binascii.Error as error:
        raise UsageError("the picture cannot be read: give it in base64") from error
    return _site(act.set_picture(here, data))


def save_site_places(here: Here, body: SitePlaces) -> SiteOut:
    """Say where the cameras are."""
    return _site(act.place_cameras(here, {p.camera: (p.x, p.y, p.angle) for p in body.places}))


def _site(found: Site) -> SiteOut:
    picture = f"data:image/jpeg;base64,{b64encode(found.picture).decode()}" if found.picture else None
    places = [PlaceModel(camera=c, x=x, y=y, angle=a) for c, (x, y, a) in sorted(found.places.items())]
    return SiteOut(picture=picture, places=places)
