"""Flask extensions, created here and bound to an application by the factory."""

from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_sqlalchemy import SQLAlchemy

from chatapp.models.base import Base

db = SQLAlchemy(model_class=Base)
jwt = JWTManager()
cors = CORS()

limiter = Limiter(get_remote_address)
