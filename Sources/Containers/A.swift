import CContainer
