# `cmake --install build/release --prefix /usr/local`, `cpack -G DEB|TGZ` in the build folder.
# bin/titanus finds its data in ../share/titanus and torch in ../lib/titanus.
include(GNUInstallDirs)

install(TARGETS titanus RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
set(dataDir ${CMAKE_INSTALL_DATADIR}/titanus)
install(DIRECTORY presets shaders models DESTINATION ${dataDir})
install(DIRECTORY third_party/fonts DESTINATION ${dataDir}/third_party)
install(FILES README.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
install(FILES packaging/titanus.desktop DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES packaging/io.github.titanus.Titanus.metainfo.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)

# What the program tells of itself, so that it cannot go stale: manual page and icon.
set(manualPage ${CMAKE_BINARY_DIR}/titanus.1)
add_custom_command(OUTPUT ${manualPage}
  COMMAND ${PROJECT_SOURCE_DIR}/tools/man_page.sh $<TARGET_FILE:titanus> ${PROJECT_VERSION} ${manualPage}
  DEPENDS titanus tools/man_page.sh VERBATIM)
add_custom_target(manual ALL DEPENDS ${manualPage})
install(FILES ${manualPage} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES packaging/titanus.png DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/256x256/apps)

# The libraries of a torch wheel are nobody's package: they travel along.
if(TITANUS_WITH_TORCH)
  get_filename_component(torchLib "${TORCH_INSTALL_PREFIX}/lib" ABSOLUTE)
  if(torchLib MATCHES "site-packages")
    foreach(library libtorch.so libtorch_cpu.so libc10.so libgomp.so.1)
      if(EXISTS ${torchLib}/${library})
        install(PROGRAMS ${torchLib}/${library} DESTINATION ${CMAKE_INSTALL_LIBDIR}/titanus)
      endif()
    endforeach()
    set_target_properties(titanus PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/titanus")
  endif()
endif()

set(CPACK_PACKAGE_NAME titanus)
set(CPACK_PACKAGE_VENDOR Titanus)
set(CPACK_PACKAGE_CONTACT "The Titanus authors <titanus@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL OFF)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # asks the libraries which packages they are from
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${torchLib})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libgl1, libegl1, libgl1-mesa-dri")
set(CPACK_GENERATOR "DEB;TGZ")
include(CPack)
